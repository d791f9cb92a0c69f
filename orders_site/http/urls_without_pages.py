"""No address: what a process with `PAGES=false` has, which loads neither the admin nor the API."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
