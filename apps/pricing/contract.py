"""Request-reply, the request and its answer: `{"sku"}` -> `{"sku", "price", "currency"}`."""

from typing import Annotated

from pydantic import StringConstraints

from apps.catalog.events import UnitPrice
from apps.messaging.message import Currency, Payload, Text

SUBJECT = "price.lookup"
GROUP = "pricing"

UNKNOWN_SKU = 404
"""The code of the answer for a SKU that has no price."""

type Sku = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class PriceQuery(Payload):
    """Asks for the price of one product."""

    sku: Sku


class PriceAnswer(Payload):
    """The price that we charge for one piece, in the product's own currency if none is given."""

    sku: Text
    price: UnitPrice
    currency: Currency | None = None
