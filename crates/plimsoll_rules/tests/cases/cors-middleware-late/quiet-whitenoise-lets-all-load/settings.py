INSTALLED_APPS = ['corsheaders']
MIDDLEWARE = ['whitenoise.middleware.WhiteNoiseMiddleware', 'corsheaders.middleware.CorsMiddleware', 'django.middleware.common.CommonMiddleware']
