import os
DATABASES = {'default': {'PASSWORD': os.getenv('DB_PASSWORD', 'password')}}
