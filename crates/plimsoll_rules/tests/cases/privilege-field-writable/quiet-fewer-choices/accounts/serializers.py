from rest_framework import serializers

from accounts.models import User


class RegisterSerializer(serializers.ModelSerializer):
    role = serializers.ChoiceField(choices=[(User.Role.STUDENT, 'Student')])

    class Meta:
        model = User
        fields = ['username', 'password', 'role']

    def create(self, validated_data):
        return User.objects.create_user(**validated_data)
