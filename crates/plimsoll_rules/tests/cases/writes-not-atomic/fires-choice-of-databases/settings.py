import os

ROOT_URLCONF = 'urls'
if os.environ.get('DB_NAME'):
    DATABASES = {
        'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': os.environ['DB_NAME']}
    }
else:
    DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'shop.db'}}
