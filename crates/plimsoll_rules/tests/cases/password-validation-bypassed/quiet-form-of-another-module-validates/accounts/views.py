from accounts.forms import AddUserForm

def add(request):
    form = AddUserForm(request.POST)
    if form.is_valid():
        user = form.save(commit=False)
        user.set_password(request.POST['password'])
        user.save()
