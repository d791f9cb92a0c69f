"""Publish-subscribe: what the catalogue broadcasts to its current subscribers."""

from typing import Annotated, ClassVar

from pydantic import Field

from apps.catalog.rules import CENT, PRICE_LIMIT
from apps.messaging.contracts.declaring import broadcast
from apps.messaging.message import BroadcastMessage, Currency, Money, Text

UnitPrice = Annotated[Money, Field(ge=CENT, le=PRICE_LIMIT)]
"""The price of one piece: a message follows the same rule as the forms of the catalogue."""


class PriceChanged(BroadcastMessage):
    """A product has a new price. The highest `version` is valid, in any order of arrival."""

    subject: ClassVar[str] = "catalog.price_changed"

    sku: Text
    price: UnitPrice
    currency: Currency
    version: int


CONTRACTS = (broadcast(PriceChanged, producers=["web"], consumers=["price_responder"]),)
