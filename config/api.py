"""The API's addresses, version 1. Wires the rooms' views, holds no logic."""

from django.urls import path, re_path

from customers.api.views import CustomerView, NotFoundView, SearchView
from journeys.api.briefs import BriefView
from journeys.api.views import NotesView, TimelineView

app_name = "api"
urlpatterns = [
    path("v1/customers/search", SearchView.as_view(), name="customer-search"),
    path("v1/customers/<uuid:uuid>", CustomerView.as_view(), name="customer"),
    path("v1/customers/<uuid:uuid>/brief", BriefView.as_view(), name="customer-brief"),
    path("v1/customers/<uuid:uuid>/timeline", TimelineView.as_view(), name="customer-timeline"),
    path("v1/customers/<uuid:uuid>/notes", NotesView.as_view(), name="customer-notes"),
    re_path(r"^.*$", NotFoundView.as_view(), name="not-found"),
]
