import os
DEBUG = os.environ.get('DEBUG', 'True') == 'True'
SESSION_COOKIE_SECURE = os.environ.get('HTTPS') == '1'
