from django.utils.safestring import mark_safe

class PhoneWidget(Input):
    def render(self, name, value, attrs=None, renderer=None):
        rendered = super().render(name, value, attrs, renderer)
        return mark_safe('<div class="input">%s</div>' % rendered)
