import os
DEBUG = os.environ.get('DEBUG', 'false') == 'true'
SECRET_KEY = os.environ.get('APP_KEY', 'change-me')
if not DEBUG and SECRET_KEY == 'change-me':
    raise ValueError('APP_KEY must be set in production')
