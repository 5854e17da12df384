from django.shortcuts import get_object_or_404


def pay(request):
    invoice = get_object_or_404(Invoice, pk=request.POST['invoice'])
    Payment.objects.create(invoice=invoice)
    invoice.save()
