"""Publish-subscribe: what the catalogue tells whoever is listening right now."""

from typing import ClassVar

from apps.messaging.message import Currency, Money, Notice, Text


class PriceChanged(Notice):
    """A product has a new price. The newest `version` wins, in whatever order they arrive."""

    subject: ClassVar[str] = "catalog.price_changed"

    sku: Text
    price: Money
    currency: Currency
    version: int
