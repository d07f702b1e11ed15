"""Pages of this room."""

from django.urls import path

from customers.views import home, page360, search

urlpatterns = [
    path("", home.home, name="home"),
    path("customers/search/", search.search, name="customer-search"),
    path("customers/<uuid:uuid>/", page360.customer_page, name="customer-page"),
    path("customers/<uuid:uuid>/panels/<slug:name>/", page360.customer_panel, name="customer-panel"),
]
