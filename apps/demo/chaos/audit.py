"""The audit: what was ordered, compared with the tables, the stream and the mails."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from apps.demo.chaos.check import until
from apps.demo.chaos.customers import Customers
from apps.demo.chaos.web import Web
from apps.messaging.events.streams import Consumer, declared_consumers
from apps.messaging.models import OutboxMessage
from apps.messaging.recovery.replay import Replay
from apps.orders.events import ORDERS
from apps.sales.queries import latest_days

LIVES = {
    ("placed", "confirmed"): "confirmed",
    ("placed", "rejected"): "rejected",
    ("placed", "cancelled"): "cancelled",
    ("placed", "confirmed", "cancelled"): "cancelled",
}
"""The events of an order, from the first to the last → its final status."""

type Kinds = dict[str, tuple[str, ...]]
"""Order → the kinds of its events, in order."""


class Audit:
    """One reading of everything; make a new one to read again."""

    def __init__(self, web: Web, customers: Customers) -> None:
        self.customers = customers
        self.recorded = recorded_events()
        self.stored, self.stored_twice = stored_events()
        self.mails = Counter(mails())
        self.sales = sales()
        self.orders = customers.look_at(list(customers.orders))
        goods = web.get("/api/products?limit=100").body["items"]
        self.stock = {item["sku"]: item["stock"] for item in goods}

    def ended(self) -> int:
        return sum(order["status"] != "placed" for order in self.orders)

    def ended_once(self) -> bool:
        """Return whether the events of each order lead to the status that customers see."""
        status = {order["id"]: order["status"] for order in self.orders}
        return {key: LIVES.get(kinds) for key, kinds in self.recorded.items()} == status

    def events(self) -> int:
        return sum(map(len, self.recorded.values()))

    def stock_adds_up(self) -> bool:
        sold: Counter[str] = Counter()
        for order in self._sold():
            sold.update({line["sku"]: line["quantity"] for line in order["lines"]})
        before = self.customers.stock
        return {sku: before[sku] - sold[sku] for sku in before} == self.stock

    def mails_due(self) -> set[str]:
        """Return the key of each mail that must be sent: one for each event after the first."""
        return {f"{key}-{kind}" for key, kinds in self.recorded.items() for kind in kinds[1:]}

    def mails_lost(self) -> int:
        return len(self.mails_due() - set(self.mails))

    def mails_twice(self) -> int:
        return sum(count > 1 for count in self.mails.values())

    def sales_add_up(self) -> bool:
        return self.sales == sales_of(self.recorded, self._sold())

    def _sold(self) -> list[dict]:
        return [order for order in self.orders if order["status"] == "confirmed"]


def recorded_events() -> Kinds:
    """Return the events that the outbox has recorded, oldest first."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    rows = OutboxMessage.objects.filter(transport=OutboxMessage.Transport.JETSTREAM).order_by("id")
    for key, subject in rows.values_list("key", "destination"):
        found[key].append(subject.removeprefix("orders."))
    return {key: tuple(kinds) for key, kinds in found.items()}


def readers_of_orders() -> list[Consumer]:
    """Return the consumers that `/api/status` counts; the lab's consumer reads another stream."""
    return [each for each in declared_consumers() if each.stream == ORDERS]


def sales() -> dict[str, Any]:
    """Return the sales figures, all days added up."""
    names = ("placed", "confirmed", "rejected", "cancelled", "units", "revenue")
    days = latest_days()
    return {name: sum((getattr(day, name) for day in days), 0) for name in names}


def sales_of(recorded: Kinds, sold: Sequence[dict]) -> dict[str, Any]:
    """Return the figures that follow from these events, and from the orders that stay confirmed."""
    events = Counter(kind for kinds in recorded.values() for kind in kinds)
    return {
        **{kind: events[kind] for kind in ("placed", "confirmed", "rejected", "cancelled")},
        "units": sum(line["quantity"] for order in sold for line in order["lines"]),
        "revenue": sum((Decimal(str(order["total"])) for order in sold), Decimal(0)),
    }


def stored_events(*, since: datetime | None = None) -> tuple[Kinds, int]:
    """Return the events of the stream in order, and how many of its messages are duplicates.

    `since` leaves older messages out.
    """
    (everything,) = [each for each in readers_of_orders() if each.all_subjects]
    replay = Replay(everything, since=since)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for batch in replay.read():
        for each in batch:
            found[each.envelope.key].append(type(each.event).subject.removeprefix("orders."))
    return {key: tuple(kinds) for key, kinds in found.items()}, replay.duplicates


def mails() -> list[str]:
    """Return the key of each mail that was sent; the demo writes its mails into a folder."""
    texts = (path.read_text() for path in (settings.DEMO_DIR / "mail").glob("*.log"))
    keys = re.findall(r"^Message-ID: <(.+)@", "\n".join(texts), flags=re.MULTILINE)
    return [key for key in keys if not key.startswith("sales-")]


def until_settled(web: Web, customers: Customers, *, within: float) -> float:
    """Wait until every order has ended, and its events are handled and its mails sent.

    Return the seconds it took. Raises `NotWithin`.
    """

    def settled() -> bool:
        status = web.get("/api/status").body
        consumers = status["consumers"]
        return (
            len(consumers) == len(readers_of_orders())
            and not any(each["pending"] + each["ack_pending"] for each in consumers)
            and status["outbox"]
            and status["outbox"]["unsent"] == 0
            and customers.have_ended(list(customers.orders))
            and len(set(mails())) >= sum(len(kinds) - 1 for kinds in recorded_events().values())
        )

    return until(
        settled,
        within=within,
        what="all orders, events and mails are done",
    )
