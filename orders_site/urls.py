"""The addresses of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from apps.messaging.operations import probes as messaging
from orders_site.api import api
from orders_site.http.favicon import favicon

urlpatterns = [
    path("", include("apps.catalog.urls")),
    path("", include("apps.orders.urls")),
    path("", include("apps.sales.urls")),
    path("media/", include("apps.images.urls")),
    path("api/", api.urls),
    path("admin/", admin.site.urls),
    path("favicon.ico", favicon),
    path("healthz", messaging.healthz),
    path("readyz", messaging.readyz),
    path("readyz/all", messaging.all_ready),
    path("metrics", messaging.metrics),
]
if settings.LAB:
    urlpatterns.append(path("lab/", include("apps.lab.urls")))
handler404 = "orders_site.http.errors.not_found"
handler500 = "orders_site.http.errors.server_error"
