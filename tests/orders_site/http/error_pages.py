"""Addresses of the error pages by themselves, before those of the shop."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path


def show(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, f"{name}.html", {"status": 500})


urlpatterns = [
    *(path(name, show, {"name": name}) for name in ("400", "403", "403_csrf", "404", "500", "503")),
    path("problem", show, {"name": "problem"}),
    path("", include("orders_site.urls")),
]
