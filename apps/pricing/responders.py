"""Request-reply, the answering side: every price is in memory, so that an answer takes no query."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from django.conf import settings

from apps.catalog import queries
from apps.catalog.events import PriceChanged
from apps.messaging.pubsub.core_message import CoreMessage
from apps.messaging.request_reply.responder import Refusal, Service
from apps.messaging.request_reply.warm_cache import WarmCache
from apps.pricing.contract import (
    GROUP,
    SUBJECT,
    SUBJECT_OF_MANY,
    UNKNOWN_SKU,
    PriceAnswer,
    PriceQuery,
    PricesAnswer,
    PricesQuery,
)
from apps.pricing.price_list import HeldPrice, PriceList


def pricing_service() -> Service:
    """One responder of `price.lookup` and `price.lookup.many`, with a price list of its own."""
    prices = PriceList()
    return Service(
        name="pricing",
        description="What a product costs at this moment",
        subject=SUBJECT,
        group=GROUP,
        handle=partial(answer_price, prices),
        also={SUBJECT_OF_MANY: partial(answer_prices, prices)},
        cache=WarmCache(
            read=partial(prices.read, catalogue_prices),
            every_seconds=settings.PRICE_REFRESH_SECONDS,
            changes={PriceChanged.subject: partial(take_changed_price, prices)},
        ),
    )


def answer_price(prices: PriceList, body: bytes) -> bytes:
    query = PriceQuery.read(body)
    held = prices.find(query.sku)
    if held is None:
        raise Refusal(UNKNOWN_SKU, f"unknown SKU {query.sku!r}")
    return held.as_json


def answer_prices(prices: PriceList, body: bytes) -> PricesAnswer:
    found = {sku: prices.find(sku) for sku in PricesQuery.read(body).skus}
    return PricesAnswer.model_construct(
        prices=[held.answer for held in found.values() if held],
        unknown=tuple(sku for sku, held in found.items() if not held),
    )


def take_changed_price(prices: PriceList, message: CoreMessage) -> None:
    change = PriceChanged.read(message.body)
    prices.change(_held(change.sku, change.price, change.currency, change.version))


def catalogue_prices() -> Mapping[str, HeldPrice]:
    return {sku: _held(sku, *price) for sku, price in queries.price_list().items()}


def _held(sku: str, price: Decimal, currency: str, version: int) -> HeldPrice:
    # Not validated: one stored price that breaks today's rules must not block the other prices.
    answer = PriceAnswer.model_construct(sku=sku, price=price, currency=currency)
    return HeldPrice.of(answer, version)
