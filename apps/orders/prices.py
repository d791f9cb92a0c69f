"""The prices of one order's lines, asked over request-reply: an order has one currency."""

from collections.abc import Sequence

from apps.orders.errors import OrderInvalid
from apps.pricing.client import Price, look_up_prices


def prices_of(skus: Sequence[str]) -> tuple[dict[str, Price], str]:
    """Ask for all prices at once; return SKU → price, and their currency.

    Raises `OrderInvalid` if they have several currencies, and the errors of `look_up_prices`.
    """
    prices = look_up_prices(skus)
    currencies = {price.currency for price in prices.values()}
    if len(currencies) > 1:
        several = " and ".join(sorted(currencies))
        raise OrderInvalid("lines", f"an order has one currency, and these lines are in {several}")
    return prices, currencies.pop()
