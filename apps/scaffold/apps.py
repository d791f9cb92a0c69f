"""Django's registration of the commands."""

from django.apps import AppConfig


class ScaffoldConfig(AppConfig):
    name = "apps.scaffold"
    label = "scaffold"
