import os
PUBLIC_URL = os.environ.get('PUBLIC_URL')
ALLOWED_HOSTS = []
if PUBLIC_URL:
    ALLOWED_HOSTS += [PUBLIC_URL]
