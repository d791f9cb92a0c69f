"""The events of each past order, with their times; nothing is stored here."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.utils import timezone

from apps.demo.assortment import SHELVES
from apps.demo.history.past_orders import CANCELLED, CONFIRMED, PAST_ORDERS, REJECTED, PastOrder
from apps.orders.events import (
    OrderCancelled,
    OrderConfirmed,
    OrderEvent,
    OrderPlaced,
    OrderRejected,
)
from apps.orders.services import CANCELLED_BY_CUSTOMER

type _Step = tuple[type[OrderEvent], timedelta]

ENDED_AFTER, CANCELLED_AFTER = timedelta(seconds=1), timedelta(minutes=42)
_ITEMS = {item.sku: item for shelf in SHELVES for item in shelf.items}
_EVENTS: dict[str, tuple[_Step, ...]] = {
    CONFIRMED: ((OrderConfirmed, ENDED_AFTER),),
    REJECTED: ((OrderRejected, ENDED_AFTER),),
    CANCELLED: ((OrderConfirmed, ENDED_AFTER), (OrderCancelled, CANCELLED_AFTER)),
}
"""The events of an order after its first by its ending, with the time since it was placed."""


@dataclass(frozen=True, kw_only=True)
class Happened:
    """An event and when it happened; its id is the same at each seeding."""

    event: OrderEvent
    at: datetime

    @property
    def id(self) -> UUID:
        return uuid5(self.event.id, self.event.subject)


@dataclass(frozen=True, kw_only=True)
class OrderLife:
    """A past order: what was ordered, why it ended so, and its events, the oldest first."""

    past: PastOrder
    reason: str
    events: tuple[Happened, ...]

    @property
    def placed(self) -> Happened:
        return self.events[0]

    @property
    def ended_at(self) -> datetime:
        return self.events[-1].at


def order_ids() -> list[UUID]:
    """Return the ids of the past orders: the same at each seeding."""
    return [_id_of(number) for number in range(len(PAST_ORDERS))]


def lives(today: date) -> list[OrderLife]:
    """Return the past orders whose days count back from `today`, in the shop's time zone."""
    return [_life_of(number, past, today) for number, past in enumerate(PAST_ORDERS)]


def _life_of(number: int, past: PastOrder, today: date) -> OrderLife:
    day = today - timedelta(days=past.days_ago)
    at = datetime.combine(day, past.at, timezone.get_default_timezone())
    reason = _reason_of(past)
    happened: list[_Step] = [(OrderPlaced, timedelta()), *_EVENTS[past.ending]]
    events = (
        Happened(event=_event_of(kind, _id_of(number), past, reason), at=at + later)
        for kind, later in happened
    )
    return OrderLife(past=past, reason=reason, events=tuple(events))


def _id_of(number: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"urn:demo:past-order:{number}")


def _reason_of(past: PastOrder) -> str:
    if past.ending == REJECTED:
        return f"not enough of {next(iter(past.quantities))} in stock"
    return CANCELLED_BY_CUSTOMER if past.ending == CANCELLED else ""


def _event_of(kind: type[OrderEvent], id: UUID, past: PastOrder, reason: str) -> OrderEvent:
    prices = {sku: Decimal(_ITEMS[sku].price) for sku in past.quantities}
    lines = [
        {
            "sku": sku,
            "name": _ITEMS[sku].name,
            "quantity": quantity,
            "price": prices[sku],
            "currency": settings.CURRENCY,
        }
        for sku, quantity in past.quantities.items()
    ]
    total = sum((prices[sku] * n for sku, n in past.quantities.items()), Decimal("0.00"))
    return kind.model_validate(
        {
            "id": id,
            "total": total,
            "currency": settings.CURRENCY,
            "lines": lines,
            "reason": reason,
        }
    )
