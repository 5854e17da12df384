import os
DATABASES = {'default': {'PASSWORD': os.getenv('DB_PASSWORD', os.getenv('POSTGRES_PASSWORD', 'rota-pass-123'))}}
