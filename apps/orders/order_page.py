"""The page of an order: its progress, its events, and when the page asks again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from apps.messaging.operations.journey import JourneyHop, traces_of
from apps.messaging.operations.trace_viewer import page_of, shows_traces
from apps.orders import access
from apps.orders.journey import journey_of
from apps.orders.models import Order, OrderLine

SETTLING = timedelta(seconds=6)
"""After the end of an order the page waits this long for its mail and the sales figures."""

type OrderStep = tuple[str, str]
"""The label of a step, and its mark: `done`, `now`, `next` or `bad`."""

STEPS: dict[str, tuple[OrderStep, ...]] = {
    "placed": (("Placed", "done"), ("Reserving stock", "now"), ("Confirmed", "next")),
    "confirmed": (("Placed", "done"), ("Stock reserved", "done"), ("Confirmed", "done")),
    "rejected": (("Placed", "done"), ("Stock checked", "done"), ("Rejected", "bad")),
    "cancelled": (("Placed", "done"), ("Cancelled", "bad")),
}
HEADLINES = {
    "placed": "Thank you for your order",
    "confirmed": "Your order is confirmed",
    "rejected": "We could not take your order",
    "cancelled": "Your order is cancelled",
}
WORK = {
    ("fulfilment", "orders.placed"): "checked the stock, and decided",
    ("fulfilment", "orders.cancelled"): "returned the reserved stock",
    ("notification", "orders.confirmed"): "wrote the confirmation mail",
    ("notification", "orders.rejected"): "wrote the mail about it",
    ("notification", "orders.cancelled"): "wrote the mail about it",
    ("sales", None): "updated the sales figures of the day",
    ("mail", None): "accepted by the mail server",
}
"""The work of a consumer for an event."""


@dataclass(frozen=True, kw_only=True)
class PageHop:
    """A hop in words, with its time after the order in seconds."""

    title: str
    detail: str
    at: datetime
    seconds: float


@dataclass(frozen=True, kw_only=True)
class OrderPage:
    """The content of the page of an order, at one moment."""

    order: Order
    hops: list[PageHop]
    is_theirs: bool
    """Whether the visitor has placed the order: the page then shows the address and can cancel."""

    @property
    def lines(self) -> list[tuple[OrderLine, Decimal]]:
        return [(line, line.price * line.quantity) for line in self.order.lines.all()]

    @property
    def link(self) -> str:
        return access.link_to(self.order) if self.is_theirs else ""

    @property
    def traces(self) -> list[str]:
        """Return the addresses of its traces in the viewer: of those that are kept there."""
        traces = traces_of(str(self.order.id)) if shows_traces() else {}
        return [page_of(each) for each, is_kept in traces.items() if is_kept]

    @property
    def can_cancel(self) -> bool:
        return self.is_theirs and self.order.status in ("placed", "confirmed")

    @property
    def headline(self) -> str:
        return HEADLINES[self.order.status]

    @property
    def steps(self) -> tuple[OrderStep, ...]:
        return STEPS[self.order.status]

    @property
    def seen(self) -> str:
        """Identifies what a page shows; another value means that there is news."""
        return f"{self.order.status}-{len(self.hops)}"

    @property
    def look_again(self) -> str:
        """htmx's trigger: each second until the order has ended, three more requests, then none."""
        if self.order.ended_at is None:
            return "every 1s"
        return "every 2s" if timezone.now() - self.order.ended_at < SETTLING else ""


def look_at(order: Order, *, is_theirs: bool) -> OrderPage:
    hops = [_in_words(hop, order.placed_at) for hop in journey_of(order.id)]
    return OrderPage(order=order, hops=hops, is_theirs=is_theirs)


def _in_words(hop: JourneyHop, start: datetime) -> PageHop:
    subject = hop.detail.get("subject")
    match hop.kind:
        case "recorded":
            title, detail = f"{hop.name} recorded", "in the outbox, with the order itself"
        case "sent":
            # The time is that of the acknowledgement: a consumer may have been faster.
            title = f"{hop.name} acknowledged"
            detail = f"the stream keeps it as message {hop.detail.get('sequence', '?')}"
        case _:
            title = f"{hop.name} handled {subject}" if subject else f"{hop.name} sent"
            detail = WORK.get((hop.name, subject)) or WORK.get((hop.name, None), "")
    seconds = max(0.0, (hop.at - start).total_seconds())
    return PageHop(title=title, detail=detail, at=hop.at, seconds=seconds)
