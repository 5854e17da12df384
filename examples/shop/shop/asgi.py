"""Entry point of an asynchronous server."""
import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.development")

application = get_asgi_application()
