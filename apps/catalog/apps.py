"""Django's registration of the catalogue."""

from typing import override

from django.apps import AppConfig
from django.core.checks import Tags, register

from apps.catalog import checks


class CatalogConfig(AppConfig):
    name = "apps.catalog"
    label = "catalog"
    verbose_name = "catalogue"

    @override
    def ready(self) -> None:
        # By the tag for which web and the workers ask before they start.
        register(checks.currency, Tags.security)
