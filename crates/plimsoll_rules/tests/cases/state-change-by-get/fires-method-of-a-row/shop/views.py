from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect

from shop.models import Invoice


@login_required
def reopen(request, pk):
    invoice = get_object_or_404(Invoice, pk=pk)
    invoice.unpost()
    return redirect('/')
