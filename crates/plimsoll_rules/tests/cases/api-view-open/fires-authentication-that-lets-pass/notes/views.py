from rest_framework.views import APIView
from rest_framework.authentication import SessionAuthentication

class NotesView(APIView):
    permission_classes = []
    authentication_classes = [SessionAuthentication]

    def put(self, request):
        pass
