"""Request-reply, the asking side: the present prices of a cart's products."""

import time
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from apps.catalog import queries
from apps.catalog.rules import CENT, hinders_sale
from apps.messaging.errors import RequestRefused
from apps.messaging.request_reply.asking import FAILOVER_FRACTION
from apps.messaging.request_reply.client import ask_all
from apps.pricing.contract import SUBJECT, UNKNOWN_SKU, PriceAnswer, PriceQuery
from apps.pricing.errors import NotSaleable, UnknownSku
from apps.pricing.together import ask_together

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
    answers = _answers(skus, _Terms(currencies=currencies, for_sale=for_sale.keys()))
    return {sku: _price(sku, answers[sku], currencies[sku]) for sku in skus}


@dataclass(frozen=True, kw_only=True)
class _Terms:
    """Which answers are valid: a wrong responder may answer too."""

    currencies: Mapping[str, str]
    for_sale: Set[str]

    def is_about(self, answer: PriceAnswer, query: PriceQuery) -> bool:
        """Reject a price of another SKU or in another currency."""
        return answer.sku == query.sku and answer.currency in (None, self.currencies[query.sku])

    def can_be_refused(self, query: PriceQuery) -> bool:
        """Return whether "no such SKU" may be true: not for a product that is for sale."""
        return query.sku not in self.for_sale

    def is_met(self, answer: PriceAnswer | RequestRefused, query: PriceQuery) -> bool:
        if isinstance(answer, RequestRefused):
            return self.can_be_refused(query)
        return self.is_about(answer, query)


def _answers(skus: Sequence[str], terms: _Terms) -> dict[str, PriceAnswer | RequestRefused]:
    """Ask for all by one question, and alone for each that this did not answer correctly."""
    began, timeout = time.monotonic(), settings.PRICE_LOOKUP_TIMEOUT
    # Not validated here: the responder judges a SKU, and refuses it.
    asked = [PriceQuery.model_construct(sku=sku) for sku in skus]
    together = ask_together(skus, timeout=timeout * FAILOVER_FRACTION)
    answers = {
        query.sku: together.answers[query.sku]
        for query in asked
        if query.sku in together.answers and terms.is_met(together.answers[query.sku], query)
    }
    if alone := [query for query in asked if query.sku not in answers]:
        found = ask_all(
            SUBJECT,
            alone,
            PriceAnswer,
            timeout=timeout - (time.monotonic() - began),
            is_about=terms.is_about,
            can_be_refused=terms.can_be_refused,
            # After a timeout these are the second attempt already.
            failover=together.in_time,
        )
        answers |= {query.sku: answer for query, answer in zip(alone, found, strict=True)}
    return answers


def _price(sku: str, answer: PriceAnswer | RequestRefused, currency: str) -> Price:
    if isinstance(answer, PriceAnswer):
        # A JSON number may be 8.5; an amount of money is 8.50.
        return Price(price=answer.price.quantize(CENT), currency=currency)
    if answer.code == UNKNOWN_SKU:
        raise UnknownSku(sku) from answer
    raise answer
