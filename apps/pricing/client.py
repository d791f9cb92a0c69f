"""Request-reply, the asking side: the present prices of a cart's products."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from apps.catalog import queries
from apps.catalog.rules import CENT, hinders_sale
from apps.messaging.errors import RequestRefused
from apps.messaging.request_reply.client import ask_all
from apps.pricing.contract import SUBJECT, UNKNOWN_SKU, PriceAnswer, PriceQuery
from apps.pricing.errors import NotSaleable, UnknownSku

__all__ = ["NotSaleable", "Price", "UnknownSku", "look_up_prices"]


@dataclass(frozen=True, kw_only=True)
class Price:
    """The price that we charge for one piece."""

    price: Decimal
    currency: str


def look_up_prices(skus: Sequence[str]) -> dict[str, Price]:
    """Ask for all prices at once; return SKU → price, in the currency in which it is sold.

    Raises `UnknownSku`, `NotSaleable`; `NoResponder`, `RequestTimeout` or `BrokerAway` if there is
    no valid answer within `settings.PRICE_LOOKUP_TIMEOUT`; `RequestRefused` if the request is
    unreadable.
    """
    currencies = dict.fromkeys(skus, settings.CURRENCY)
    for_sale = queries.list_prices(skus)
    # A responder may hold the price of a product for a while after it was taken off sale.
    if (others := set(skus) - for_sale.keys()) and (withdrawn := queries.withdrawn(others)):
        raise UnknownSku(next(sku for sku in skus if sku in withdrawn))
    for sku, listed in for_sale.items():
        # No answer with these terms would be valid, so asking again would not help.
        if reason := hinders_sale(listed.price, listed.currency):
            raise NotSaleable(sku, reason)
        currencies[sku] = listed.currency
    answers = ask_all(
        SUBJECT,
        [PriceQuery.model_construct(sku=sku) for sku in skus],
        PriceAnswer,
        timeout=settings.PRICE_LOOKUP_TIMEOUT,
        # A wrong responder may answer: reject a price of another SKU or in another currency.
        is_about=lambda answer, query: (
            answer.sku == query.sku and answer.currency in (None, currencies[query.sku])
        ),
        # Reject "no such SKU" as well for a product that is for sale.
        may_refuse=lambda query: query.sku not in for_sale,
    )
    return {
        sku: _price(sku, answer, currencies[sku]) for sku, answer in zip(skus, answers, strict=True)
    }


def _price(sku: str, answer: PriceAnswer | RequestRefused, currency: str) -> Price:
    if isinstance(answer, PriceAnswer):
        # A JSON number may be 8.5; an amount of money is 8.50.
        return Price(price=answer.price.quantize(CENT), currency=currency)
    if answer.code == UNKNOWN_SKU:
        raise UnknownSku(sku) from answer
    raise answer
