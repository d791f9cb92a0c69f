"""Places the orders of a retailer's file through the checkout, one after the other."""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings

from apps.demo.retail.invoices import Invoice
from apps.messaging.errors import BrokerAway, RequestFailed
from apps.orders.checkout import CheckedOut, check_out
from apps.orders.errors import KeyReused, OrderInvalid, UnknownLine
from apps.orders.queries import count_by_status

PATIENCE_SECONDS = 10.0
"""How much longer than one refresh of the responders' prices an order waits for an answer.

They learn of a product that was just imported at their next refresh.
"""
PLACED, CONFIRMED, REJECTED = "placed", "confirmed", "rejected"
"""An order's states, as the API names them."""


@dataclass(kw_only=True)
class ImportedOrders:
    """The orders that were placed, and a count of each reason why others were not.

    `earlier` has the orders that an earlier run placed for the same invoices.
    """

    placed: list[UUID] = field(default_factory=list)
    earlier: list[UUID] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)


def import_orders(
    orders: Iterable[Invoice], *, source: str, into: ImportedOrders, rate: float | None = None
) -> None:
    """Place an order for each invoice, at most `rate` a second, and note each at once in `into`.

    An invoice that was ordered in the last `idempotency.KEPT` from the same `source`, a name, is
    not ordered again. Raises `RequestFailed` or `BrokerAway` if no responder knows the prices in
    time, which is `PRICE_REFRESH_SECONDS` and `PATIENCE_SECONDS`.
    """
    begin = time.monotonic()
    for number, invoice in enumerate(orders):
        if rate:
            time.sleep(max(0.0, begin + number / rate - time.monotonic()))
        try:
            found = _place(invoice, key=_key(source, invoice))
        except UnknownLine:
            into.skipped["product that the catalogue does not have"] += 1
        except OrderInvalid as error:
            into.skipped[error.message] += 1
        except KeyReused:
            into.skipped["number that an earlier run has ordered with other content"] += 1
        else:
            (into.placed if found.created else into.earlier).append(found.order.id)


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


def _key(source: str, invoice: Invoice) -> str:
    """Return the invoice's idempotency key: a digest, since names and numbers may be long."""
    named = json.dumps([source, invoice.number])
    return f"import-{hashlib.sha256(named.encode()).hexdigest()}"


def _place(invoice: Invoice, *, key: str) -> CheckedOut:
    begin = time.monotonic()
    while True:
        try:
            return check_out(email=invoice.email, lines=invoice.lines, idempotency_key=key)
        except (RequestFailed, BrokerAway):
            if time.monotonic() - begin > settings.PRICE_REFRESH_SECONDS + PATIENCE_SECONDS:
                raise
        time.sleep(0.5)
