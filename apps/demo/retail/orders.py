"""Real orders of a retailer's file, placed again through the checkout, one after the other."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings

from apps.catalog.queries import products_by_sku
from apps.demo.retail.fields import RetailRow
from apps.messaging.errors import BrokerAway, RequestFailed
from apps.orders.checkout import check_out
from apps.orders.errors import OrderInvalid, UnknownLine
from apps.orders.lines import RequestedLine
from apps.orders.models import Order
from apps.orders.queries import count_by_status

PATIENCE = 10.0
"""So many seconds may the prices be away, while somebody starts the responders again."""


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """What one customer bought at once."""

    number: str
    customer: str
    lines: list[RequestedLine]

    @property
    def is_of_a_guest(self) -> bool:
        return not (self.customer.isascii() and self.customer.isalnum())

    @property
    def email(self) -> str:
        return f"{'guest' if self.is_of_a_guest else f'customer-{self.customer}'}@example.com"


@dataclass(kw_only=True)
class ReplayedOrders:
    """The orders that were placed, and how many were not, by reason."""

    placed: list[UUID] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)


def invoices(rows: Iterable[RetailRow]) -> list[Invoice]:
    """Group the rows by invoice, in the order in which the file first names them."""
    grouped: dict[str, Invoice] = {}
    for row in rows:
        invoice = grouped.setdefault(
            row.invoice, Invoice(number=row.invoice, customer=row.customer, lines=[])
        )
        invoice.lines.append(RequestedLine(sku=row.sku, quantity=row.quantity))
    return list(grouped.values())


def replay(orders: Iterable[Invoice], *, rate: float | None = None) -> ReplayedOrders:
    """Place them, at most `rate` a second.

    Raises `RequestFailed` or `BrokerAway` where nobody has told a price for `PATIENCE` seconds.
    """
    replayed = ReplayedOrders()
    begin = time.monotonic()
    for number, invoice in enumerate(orders):
        if rate:
            time.sleep(max(0.0, begin + number / rate - time.monotonic()))
        try:
            replayed.placed.append(_place(invoice).id)
        except UnknownLine:
            replayed.skipped["product that the catalogue does not have"] += 1
        except OrderInvalid as refusal:
            replayed.skipped[refusal.message] += 1
    return replayed


def wait_for_ends(
    placed: list[UUID], *, seconds: float, on_change: Callable[[Counter[str]], object]
) -> Counter[str]:
    """Wait until no order is `placed` any more, or so long; return status → count."""
    deadline = time.monotonic() + seconds
    while True:
        counts = count_by_status(placed)
        on_change(counts)
        if not counts[Order.Status.PLACED] or time.monotonic() > deadline:
            return counts
        time.sleep(0.5)


def _place(invoice: Invoice) -> Order:
    begin = time.monotonic()
    while True:
        try:
            return check_out(email=invoice.email, lines=invoice.lines).order
        except UnknownLine as error:
            # The responders find what was just imported at their next refresh.
            if _past(begin, settings.PRICE_REFRESH_SECONDS + 5) or not products_by_sku([error.sku]):
                raise
        except (RequestFailed, BrokerAway):
            if _past(begin, PATIENCE):
                raise
        time.sleep(0.5)


def _past(begin: float, seconds: float) -> bool:
    return time.monotonic() - begin > seconds
