"""Every address of the product. Each needs a row in customers.access.ROUTES."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from config.lib.health import livez, readyz

urlpatterns = [
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path("i18n/language/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
    path("api/", include("config.api")),
    path("", include("customers.urls")),
    path("", include("journeys.urls")),
]
handler400 = "config.lib.pages.bad_request"
handler403 = "config.lib.pages.permission_denied"
handler404 = "config.lib.pages.page_not_found"
handler500 = "config.lib.pages.server_error"
