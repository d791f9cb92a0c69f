"""Places the orders of a retailer's file through the checkout, one after the other."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings

from apps.catalog.queries import products_by_sku
from apps.demo.retail.invoices import Invoice
from apps.messaging.errors import BrokerAway, RequestFailed
from apps.orders.checkout import check_out
from apps.orders.errors import OrderInvalid, UnknownLine
from apps.orders.queries import count_by_status

PATIENCE_SECONDS = 10.0
"""How long one order waits for price responders that do not answer."""
PLACED, CONFIRMED, REJECTED = "placed", "confirmed", "rejected"
"""An order's states, as the API names them."""


@dataclass(kw_only=True)
class ImportedOrders:
    """The orders that were placed, and a count of each reason why others were not."""

    placed: list[UUID] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)


def import_orders(orders: Iterable[Invoice], *, rate: float | None = None) -> ImportedOrders:
    """Place an order for each invoice, at most `rate` a second.

    Raises `RequestFailed` or `BrokerAway` if no responder answers for `PATIENCE_SECONDS`.
    """
    imported = ImportedOrders()
    begin = time.monotonic()
    for number, invoice in enumerate(orders):
        if rate:
            time.sleep(max(0.0, begin + number / rate - time.monotonic()))
        try:
            imported.placed.append(_place(invoice))
        except UnknownLine:
            imported.skipped["product that the catalogue does not have"] += 1
        except OrderInvalid as error:
            imported.skipped[error.message] += 1
    return imported


def wait_for_ends(
    placed: list[UUID], *, seconds: float, on_change: Callable[[Counter[str]], object]
) -> Counter[str]:
    """Wait until no order is `placed`, at most that many seconds; return status → count."""
    deadline = time.monotonic() + seconds
    while True:
        counts = count_by_status(placed)
        on_change(counts)
        if not counts[PLACED] or time.monotonic() > deadline:
            return counts
        time.sleep(0.5)


def _place(invoice: Invoice) -> UUID:
    begin = time.monotonic()
    while True:
        try:
            return check_out(email=invoice.email, lines=invoice.lines).order.id
        except UnknownLine as error:
            # The responders learn of a product that was just imported at their next refresh.
            if _past(begin, settings.PRICE_REFRESH_SECONDS + 5) or not products_by_sku([error.sku]):
                raise
        except (RequestFailed, BrokerAway):
            if _past(begin, PATIENCE_SECONDS):
                raise
        time.sleep(0.5)


def _past(begin: float, seconds: float) -> bool:
    return time.monotonic() - begin > seconds
