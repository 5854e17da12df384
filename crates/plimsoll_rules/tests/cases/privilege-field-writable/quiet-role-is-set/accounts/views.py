from rest_framework import generics, permissions

from accounts.serializers import RegisterSerializer


class Register(generics.CreateAPIView):
    serializer_class = RegisterSerializer
    permission_classes = [permissions.AllowAny]
