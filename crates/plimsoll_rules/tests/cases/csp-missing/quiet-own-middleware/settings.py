MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'shop.headers.PolicyMiddleware']
