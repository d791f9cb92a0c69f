"""Django's registration of the site itself: its templates, its static files, its checks."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from orders_site.checks import startup


class OrdersSiteConfig(AppConfig):
    name = "orders_site"

    def ready(self) -> None:
        register(startup.contradictions, Tags.security)
