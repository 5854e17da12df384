from django.urls import path
from shop.views import NoteDeleteView
urlpatterns = [path('notes/<int:pk>/delete/', NoteDeleteView.as_view())]
