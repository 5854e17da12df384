import os
DEBUG = os.environ.get('DEBUG', 'True') == 'True'
SESSION_COOKIE_SECURE = not DEBUG
