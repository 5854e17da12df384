STATIC_URL = '/static/'
STATIC_ROOT = '/srv/app/collected'
STORAGES = {'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.StaticFilesStorage'}}
