"""Addresses below `/media/`."""

from django.urls import path

from apps.images import views

app_name = "images"
urlpatterns = [path("photos/<path:path>", views.picture, name="picture")]
