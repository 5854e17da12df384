import os
ALLOWED_HOSTS = os.environ.get('HOSTS', '').split(',')
