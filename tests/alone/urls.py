"""What messaging shows of itself: the admin, the state of every part, probes and metrics."""

from django.contrib import admin
from django.urls import path
from ninja import NinjaAPI

from apps.messaging.operations import probes
from apps.messaging.operations.api import router

api = NinjaAPI(docs_url=None)
api.add_router("", router)

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", api.urls),
    path("healthz", probes.healthz),
    path("readyz", probes.readyz),
    path("readyz/all", probes.all_ready),
    path("metrics", probes.metrics),
]
