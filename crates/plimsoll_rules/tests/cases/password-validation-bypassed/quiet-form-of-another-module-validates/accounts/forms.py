from django import forms
from django.contrib.auth.password_validation import validate_password

class AddUserForm(forms.Form):
    password = forms.CharField(validators=[validate_password])
