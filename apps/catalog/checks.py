"""System check of the catalogue: the currency of new products."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ValidationError

from apps.catalog.rules import check_currency


def currency(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Check `CURRENCY` by the rule of a product's currency: none could be added otherwise."""
    try:
        check_currency(settings.CURRENCY)
    except ValidationError:
        return [
            Error(
                f"CURRENCY={settings.CURRENCY!r} is no currency.",
                hint="Set it to three capital letters, like GBP.",
                id="catalog.E001",
            )
        ]
    return []
