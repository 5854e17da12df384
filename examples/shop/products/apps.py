"""The application of products."""
from django.apps import AppConfig


class ProductsConfig(AppConfig):
    name = "products"
