"""Publish-subscribe: what the catalogue broadcasts to its current subscribers."""

from typing import Annotated, ClassVar

from pydantic import Field

from apps.catalog.rules import CENT, PRICE_LIMIT
from apps.messaging.message import BroadcastMessage, Currency, Money, Text

Price = Annotated[Money, Field(ge=CENT, le=PRICE_LIMIT)]
"""Of one piece: what no door of the catalogue lets in is no news of a price, and no answer."""


class PriceChanged(BroadcastMessage):
    """A product has a new price. The newest `version` wins, in whatever order they arrive."""

    subject: ClassVar[str] = "catalog.price_changed"

    sku: Text
    price: Price
    currency: Currency
    version: int
