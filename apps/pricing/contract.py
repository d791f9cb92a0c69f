"""Request-reply, the requests and their answers.

`price.lookup`: `{"sku"}` -> `{"sku", "price", "currency"}`.
`price.lookup.many`: `{"skus": []}` -> `{"prices": [{"sku", "price", "currency"}], "unknown": []}`.
"""

from typing import Annotated

from pydantic import Field, StringConstraints

from apps.catalog.events import UnitPrice
from apps.messaging.contracts.declaring import request_reply
from apps.messaging.message import Currency, Payload, Text

SUBJECT = "price.lookup"
SUBJECT_OF_MANY = "price.lookup.many"
GROUP = "pricing"

UNKNOWN_SKU = 404
"""The code of the answer for a SKU that has no price."""

MAX_SKUS = 100
"""The SKUs of one request: those of the largest order. The answer is below the message limit."""

type Sku = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class PriceQuery(Payload):
    """Asks for the price of one product."""

    sku: Sku


class PriceAnswer(Payload):
    """The price that we charge for one piece, in the product's own currency if none is given."""

    sku: Text
    price: UnitPrice
    currency: Currency | None = None


class PricesQuery(Payload):
    """Asks for the prices of several products."""

    skus: Annotated[list[Sku], Field(min_length=1, max_length=MAX_SKUS)]


class PricesAnswer(Payload):
    """One price for each requested SKU in any order, and the SKUs that have no price."""

    prices: list[PriceAnswer]
    unknown: tuple[Text, ...] = ()


CONTRACTS = (
    *request_reply(
        SUBJECT,
        PriceQuery,
        PriceAnswer,
        group=GROUP,
        askers=["web"],
        responders=["price_responder"],
    ),
    *request_reply(
        SUBJECT_OF_MANY,
        PricesQuery,
        PricesAnswer,
        group=GROUP,
        askers=["web"],
        responders=["price_responder"],
    ),
)
