"""The present cost of a cart, from the price responders, which also answer at the checkout."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.messaging.errors import MessagingError
from apps.orders.cart import CartLine
from apps.orders.errors import OrderInvalid
from apps.orders.lines import fingerprint
from apps.orders.prices import prices_of
from apps.pricing.client import NotSaleable, UnknownSku

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class QuotedLine:
    """A line of the cart with the price that would be charged."""

    line: CartLine
    price: Decimal

    @property
    def total(self) -> Decimal:
        return self.price * self.line.quantity


@dataclass(frozen=True, kw_only=True)
class Quote:
    """The lines of a cart with their prices, and the total that the page shows."""

    lines: list[QuotedLine]
    currency: str

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines), Decimal("0.00"))

    @property
    def fingerprint(self) -> str:
        """The digest that the form sends back, so that only the shown lines are ordered."""
        return fingerprint(
            ((each.line.card.product.sku, each.line.quantity, each.price) for each in self.lines),
            self.currency,
        )


def quote(lines: Sequence[CartLine]) -> Quote | None:
    """Return the present prices of the lines, or None if no responder answers with them."""
    try:
        prices, currency = prices_of([line.card.product.sku for line in lines])
    except (MessagingError, NotSaleable, UnknownSku, OrderInvalid) as error:
        # `OrderInvalid`: the cart has one currency (`cart.sums_of`), some prices are out of date.
        logger.warning("no quote", extra={"error": str(error)})
        return None
    quoted = [QuotedLine(line=line, price=prices[line.card.product.sku].price) for line in lines]
    return Quote(lines=quoted, currency=currency)
