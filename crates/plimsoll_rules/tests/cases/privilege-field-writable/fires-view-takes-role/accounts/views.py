from accounts.models import User


def register(request):
    User.objects.create_user(
        username=request.POST['username'],
        password=request.POST['password'],
        role=request.POST.get('role'),
    )
