"""Orders that the lab places through the shop's checkout."""

import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import DatabaseError

from apps.catalog.queries import list_products
from apps.catalog.services import return_stock
from apps.lab.feed import hops
from apps.messaging.errors import MessagingError
from apps.orders.checkout import CheckedOut, check_out
from apps.orders.errors import OrderError
from apps.orders.lines import RequestedLine
from apps.orders.queries import orders_alone
from apps.orders.services import cancel_order

logger = logging.getLogger(__name__)

EMAIL = "lab@example.com"


@dataclass(frozen=True, kw_only=True)
class Bought:
    """An order, or why there is none; its messages can be followed by `trace`."""

    trace: str
    order: UUID | None = None
    error: str = ""


def order_one_of(*skus: str) -> CheckedOut:
    """Place an order of one piece of each. Raises what `check_out` raises."""
    return check_out(email=EMAIL, lines=[RequestedLine(sku=sku, quantity=1) for sku in skus])


def buy(*skus: str, is_shown: bool = True) -> Bought:
    """Place an order of one piece of each, with its own trace, which the lab shows or does not."""
    with hops.new_trace(is_shown=is_shown) as trace:
        try:
            return Bought(trace=trace, order=order_one_of(*skus).order.id)
        except (MessagingError, OrderError, DatabaseError) as error:
            logger.warning("no order of the lab", extra={"error": repr(error)})
            return Bought(trace=trace, error=f"{type(error).__name__}: {error}")


def give_back(order: UUID, *, is_shown: bool = True) -> str:
    """Cancel an order, so that its stock returns; return what went wrong, in words."""
    with hops.new_trace(is_shown=is_shown):
        try:
            cancel_order(order_id=order)
        except OrderError:
            return ""  # Rejected, or deleted by a reset: it holds no stock.
        except DatabaseError as error:
            return f"{type(error).__name__}: {error}"
    return ""


def deliver_again(orders: Mapping[UUID, Sequence[str]]) -> set[UUID]:
    """Put one piece of each SKU of these orders in stock again, if the order has taken it.

    Returns those for which it was done.
    """
    if not orders:
        return set()
    try:
        stored = orders_alone([*orders]).values()
        confirmed = {each.id for each in stored if each.status == each.Status.CONFIRMED}
        return_stock([(sku, 1) for order in confirmed for sku in orders[order]])
    except DatabaseError as error:
        logger.warning("nothing delivered again", extra={"error": repr(error)})
        return set()
    return confirmed


def in_stock() -> list[str]:
    """Return the SKUs that are in stock and can be in one order."""
    found = [each for each in list_products(limit=200).items if each.stock]
    return [each.sku for each in found if each.currency == found[0].currency]


def some(skus: list[str]) -> list[str]:
    """Choose one SKU or two, at random."""
    return random.sample(skus, k=min(len(skus), random.choice((1, 1, 2))))
