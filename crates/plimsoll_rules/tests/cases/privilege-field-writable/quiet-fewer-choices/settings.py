ROOT_URLCONF = 'urls'
AUTH_USER_MODEL = 'accounts.User'
