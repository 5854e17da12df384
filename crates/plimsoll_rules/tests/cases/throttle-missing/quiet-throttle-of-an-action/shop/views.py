from rest_framework.decorators import action
from rest_framework.throttling import AnonRateThrottle
from rest_framework.viewsets import GenericViewSet

class UserViewSet(GenericViewSet):
    @action(detail=False, methods=['POST'], throttle_classes=[AnonRateThrottle])
    def login(self, request):
        pass
