"""Pages of this room."""

from django.urls import path

from journeys.views import notes

urlpatterns = [
    path("customers/<uuid:uuid>/notes/", notes.add_note, name="customer-note-add"),
]
