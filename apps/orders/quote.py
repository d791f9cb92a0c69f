"""What a cart costs now: the price responders are asked, for they also answer at the checkout."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.messaging.errors import MessagingError
from apps.orders.cart import CartLine
from apps.orders.lines import fingerprint
from apps.pricing.client import UnknownSku, look_up_prices

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
    """All of it, and the total that the customer is shown."""

    lines: list[QuotedLine]
    currency: str

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines), Decimal("0.00"))

    @property
    def fingerprint(self) -> str:
        """What the form sends back, so that nothing else than this is ordered."""
        return fingerprint(
            ((each.line.card.product.sku, each.line.quantity, each.price) for each in self.lines),
            self.currency,
        )


def quote(lines: Sequence[CartLine]) -> Quote | None:
    """Return None if no responder answers with the prices at the moment."""
    try:
        prices = look_up_prices([line.card.product.sku for line in lines])
    except (MessagingError, UnknownSku) as error:
        logger.warning("no quote", extra={"error": str(error)})
        return None
    currencies = {price.currency for price in prices.values()}
    if len(currencies) > 1:
        # The cart is in one (`cart.sums_of`): these prices are older or newer than the catalogue.
        logger.warning("no quote", extra={"error": f"prices in {sorted(currencies)}"})
        return None
    quoted = [QuotedLine(line=line, price=prices[line.card.product.sku].price) for line in lines]
    return Quote(lines=quoted, currency=currencies.pop())
