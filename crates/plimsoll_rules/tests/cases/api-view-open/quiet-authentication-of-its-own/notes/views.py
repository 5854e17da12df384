from rest_framework.views import APIView
from notes.auth import SingleTokenAuthentication

class NotesView(APIView):
    permission_classes = []
    authentication_classes = [SingleTokenAuthentication]

    def put(self, request):
        pass
