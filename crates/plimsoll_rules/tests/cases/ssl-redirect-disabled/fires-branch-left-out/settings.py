import os
if os.environ.get('TLS'):
    SECURE_SSL_REDIRECT = True
