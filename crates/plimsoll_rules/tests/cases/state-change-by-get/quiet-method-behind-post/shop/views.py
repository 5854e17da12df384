from django.contrib.auth.decorators import login_required
from django.views.decorators.http import require_POST
from django.shortcuts import get_object_or_404, redirect

from shop.models import Invoice


@require_POST
@login_required
def reopen(request, pk):
    invoice = get_object_or_404(Invoice, pk=pk)
    invoice.unpost()
    return redirect('/')
