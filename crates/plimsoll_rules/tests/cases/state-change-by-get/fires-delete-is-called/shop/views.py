from django.views.generic import DeleteView

class NoteDeleteView(DeleteView):
    model = Note

    def get(self, request, *args, **kwargs):
        return self.delete(request, *args, **kwargs)
