"""Django's registration of the parcels app."""

from django.apps import AppConfig


class ParcelsConfig(AppConfig):
    name = "apps.parcels"
    label = "parcels"
