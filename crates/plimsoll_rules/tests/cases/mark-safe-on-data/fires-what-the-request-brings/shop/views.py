from django.utils.safestring import mark_safe

def page(request):
    return mark_safe('<b>%s</b>' % request.GET['q'])
