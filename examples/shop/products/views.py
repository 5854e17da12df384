"""Pages of products."""
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from .models import Product


def product_list(request):
    products = Product.objects.filter(available=True)
    return render(request, "products/list.html", {"products": products})


def product_detail(request, slug):
    product = get_object_or_404(Product, slug=slug, available=True)
    return render(request, "products/detail.html", {"product": product})


def health(request):
    """Answers 200 if the database does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
