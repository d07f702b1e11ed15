"""The product's addresses, with the reference view in front of the API's timeline; same name, hence same policy."""

from django.urls import include, path

from benchmarks.serializerview import SerializedTimelineView
from config import api
from config.urls import urlpatterns as product

instead = path("v1/customers/<uuid:uuid>/timeline", SerializedTimelineView.as_view(), name="customer-timeline")
exchanged = ([instead, *api.urlpatterns], "api")
urlpatterns = [path("api/", include(exchanged)), *product]
