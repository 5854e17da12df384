from django.shortcuts import get_object_or_404


def pay(request):
    invoice = get_object_or_404(Invoice, pk=request.POST['invoice'])
    if 'refund' in request.POST:
        Refund.objects.create(invoice=invoice)
        return redirect('/')
    invoice.paid = True
    invoice.save()
