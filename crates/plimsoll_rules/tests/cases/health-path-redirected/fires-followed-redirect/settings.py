DEBUG = False
ALLOWED_HOSTS = ["rota.example.org", "localhost"]
SECURE_SSL_REDIRECT = True
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]
