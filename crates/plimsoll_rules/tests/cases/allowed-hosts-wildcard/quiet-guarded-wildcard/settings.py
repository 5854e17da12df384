import os
ALLOWED_HOSTS = os.environ.get('HOSTS', '*').split(',')
if ALLOWED_HOSTS == ['*']:
    raise RuntimeError('HOSTS must be set')
