INSTALLED_APPS = ['corsheaders']
MIDDLEWARE = ['whitenoise.middleware.WhiteNoiseMiddleware', 'corsheaders.middleware.CorsMiddleware', 'django.middleware.common.CommonMiddleware']
WHITENOISE_ALLOW_ALL_ORIGINS = False
