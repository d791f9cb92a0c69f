"""Django's registration of the command."""

from django.apps import AppConfig


class StartProjectConfig(AppConfig):
    name = "apps.start_project"
    label = "start_project"
