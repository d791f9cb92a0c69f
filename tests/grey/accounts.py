"""The orders of one cell, compared with the tables and the mails."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.catalog.models import Product
from apps.demo.chaos.audit import LIVES, mails, recorded_events, sales, sales_of, stored_events
from apps.demo.chaos.customers import Customers
from apps.messaging.models import DeadLetter
from apps.notifications.models import Mail
from apps.orders.models import Order


def still_placed(before: datetime) -> str:
    """Return what of the orders that were placed before that time has not ended, as text."""
    orders = Order.objects.filter(status=Order.Status.PLACED, placed_at__lt=before).count()
    return f"{orders} orders have not ended" if orders else ""


def mails_due() -> int:
    return Mail.objects.filter(state=Mail.State.DUE).count()


def letters() -> int:
    return DeadLetter.objects.count()


class Accounts:
    """A snapshot of the orders of these customers; make a new one for each look."""

    def __init__(self, customers: Customers, *, unheard: Iterable[str] = ()) -> None:
        """`unheard` names mails whose answer from the mail server may have been lost."""
        self._customers = customers
        self._unheard = Counter(unheard)
        keys = [UUID(key) for key in customers.orders]
        orders = Order.objects.filter(pk__in=keys).values_list("pk", "status")
        self.status = {str(key): status for key, status in orders}
        self.recorded = {
            key: kinds for key, kinds in recorded_events().items() if key in self.status
        }
        self.due = Counter(
            f"{key}-{kind}" for key, kinds in self.recorded.items() for kind in kinds[1:]
        )
        self.mails = Counter(mail for mail in mails() if mail in self.due)

    def ended(self) -> int:
        return sum(status != Order.Status.PLACED for status in self.status.values())

    def all_ended_once(self) -> bool:
        """Each order that a customer knows has one whole life, and its end is the table's."""
        lives = {key: LIVES.get(kinds) for key, kinds in self.recorded.items()}
        return set(self.status) == set(self._customers.orders) and lives == self.status

    def what_waits(self) -> str:
        """Return what is not done yet, as text; it is empty if all is."""
        if not self.all_ended_once():
            return f"{len(self._customers.orders)} orders, of which {self.ended()} have ended"
        return "" if self.all_mailed() else f"{len(self.mails)} of {len(self.due)} mails were sent"

    def all_mailed(self) -> bool:
        return self.mails.keys() == self.due.keys()

    def mails_twice(self) -> int:
        """Count those that were sent again though the answer to each time before was heard."""
        return sum(count > 1 + self._unheard[mail] for mail, count in self.mails.items())

    def stored_once(self, *, since: datetime) -> bool:
        """Whether the stream holds the events of each order once, in order; read since then."""
        stored, twice = stored_events(since=since)
        return not twice and self.recorded == {
            key: kinds for key, kinds in stored.items() if key in self.status
        }

    def sales_add_up(self, *, since: dict[str, Any]) -> bool:
        """Compare the sales figures with those of before, `since`, and with what was ordered."""
        now = sales()
        return {name: now[name] - since[name] for name in now} == sales_of(
            self.recorded, self._sold()
        )

    def stock_adds_up(self) -> bool:
        sold: Counter[str] = Counter()
        for order in self._sold():
            for line in order["lines"]:
                sold[line["sku"]] += line["quantity"]
        before = self._customers.stock
        now = dict(Product.objects.filter(sku__in=before).values_list("sku", "stock"))
        return {sku: before[sku] - sold[sku] for sku in before} == now

    def _sold(self) -> list[dict]:
        return [
            self._customers.orders[key]
            for key, status in self.status.items()
            if status == Order.Status.CONFIRMED
        ]
