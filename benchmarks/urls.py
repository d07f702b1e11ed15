"""The trivial view both sides of the edge benchmark serve."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def trivial(request: HttpRequest) -> HttpResponse:
    """A small JSON answer without any work."""
    return HttpResponse(b'{"ok":true}', content_type="application/json")


api = ([path("v1/trivial", trivial, name="trivial")], "api")
urlpatterns = [path("api/", include(api))]
