"""Where each address leads."""

from django.contrib import admin
from django.urls import include, path

from apps.messaging import views as messaging
from orders_site.api import api

urlpatterns = [
    path("", include("apps.catalog.urls")),
    path("", include("apps.orders.urls")),
    path("media/", include("apps.images.urls")),
    path("api/", api.urls),
    path("admin/", admin.site.urls),
    path("healthz", messaging.healthz),
    path("readyz", messaging.readyz),
    path("metrics", messaging.metrics),
]
handler404 = "orders_site.http_errors.not_found"
