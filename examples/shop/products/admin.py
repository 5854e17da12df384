"""Products in the admin."""
from django.contrib import admin

from .models import Product


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    list_display = ["name", "price", "available"]
    prepopulated_fields = {"slug": ["name"]}
