import os
from datetime import timedelta
INSTALLED_APPS = ['rest_framework', 'rest_framework_simplejwt']
SIMPLE_JWT = {'ACCESS_TOKEN_LIFETIME': timedelta(minutes=int(os.environ.get('ACCESS_MINUTES', '60'))), 'SIGNING_KEY': os.environ.get('SIGNING_KEY', 'x'), 'REFRESH_TOKEN_LIFETIME': timedelta(days=7)}
