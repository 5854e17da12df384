from django.shortcuts import get_object_or_404


def pay(request):
    invoice = get_object_or_404(Invoice, pk=request.POST['invoice'])
    invoice.lines.all().delete()
    for line in request.POST.getlist('line'):
        Line.objects.create(invoice=invoice, text=line)
