from django import forms

class AddUserForm(forms.Form):
    password = forms.CharField()
