"""Reads of the orders; nothing here writes."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import batched
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone

from apps.orders.errors import EventContradictsOrder, OrderNotFound
from apps.orders.events import (
    OrderCancelled,
    OrderConfirmed,
    OrderEvent,
    OrderPlaced,
    OrderRejected,
)
from apps.orders.models import Order

# The statuses that an order can have when its event arrives: the event may be late, and an order
# never returns to an earlier status.
_STATUSES_AFTER: dict[type[OrderEvent], set[str]] = {
    OrderPlaced: {*Order.Status},
    OrderConfirmed: {Order.Status.CONFIRMED, Order.Status.CANCELLED},
    OrderRejected: {Order.Status.REJECTED},
    OrderCancelled: {Order.Status.CANCELLED},
}


def order(order_id: UUID) -> Order:
    """Return the order with its lines. Raises `OrderNotFound`."""
    return _found(Order.objects.prefetch_related("lines"), order_id)


def order_alone(order_id: UUID) -> Order:
    """Return the order without its lines: one query, for a page that asks each second.

    Raises `OrderNotFound`.
    """
    return _found(Order.objects.all(), order_id)


def newest_ids(at_most: int) -> list[UUID]:
    """Return the ids of the orders that were placed last, the newest first."""
    return list(Order.objects.order_by("-placed_at").values_list("id", flat=True)[:at_most])


def order_payload(order: Order) -> dict[str, Any]:
    """Return the fields of an order that the API and the pages show; money is `Decimal`."""
    return {
        "id": order.id,
        "status": order.status,
        "reason": order.reason,
        "total": order.total,
        "currency": order.currency,
        "placed_at": order.placed_at,
        "ended_at": order.ended_at,
        "lines": [
            {"sku": line.sku, "name": line.name, "quantity": line.quantity, "price": line.price}
            for line in order.lines.all()
        ],
    }


def orders_alone(order_ids: Collection[UUID]) -> dict[UUID, Order]:
    """Return these orders without their lines, by id; unknown ones are left out."""
    return _by_id(Order.objects.all(), order_ids)


def orders_with_lines(order_ids: Collection[UUID]) -> dict[UUID, Order]:
    """Return these orders by id, with two queries for 500; unknown ones are left out."""
    return _by_id(Order.objects.prefetch_related("lines"), order_ids)


def order_of(event: OrderEvent) -> Order:
    """Return the order of an event, if the event agrees with it.

    Any process that may publish could forge a confirmation, so the stored order decides. Needs
    no lock: an event that was true once agrees with every later status. Raises `OrderNotFound`,
    `EventContradictsOrder`.
    """
    return orders_of([event])[event.id]


def orders_of(events: Iterable[OrderEvent]) -> dict[UUID, Order]:
    """Return the orders of events, by id, with their lines. Raises as `order_of`."""
    checked = list(events)
    orders = orders_with_lines({event.id for event in checked})
    for event in checked:
        if event.id not in orders:
            raise OrderNotFound(event.id)
        check_event(orders[event.id], event)
    return orders


def check_event(order: Order, event: OrderEvent) -> None:
    """Raise `EventContradictsOrder` if the order's status or its lines contradict the event."""
    if not _has_its_terms(order, event):
        raise EventContradictsOrder(event.subject, order.id, order.status)
    if not _has_its_lines(order, event):
        raise EventContradictsOrder(event.subject, order.id, f"{order.status}, with other lines")


def agrees_with(order: Order, event: OrderEvent) -> bool:
    """Return whether the event is true of the order now or was true before: see `check_event`."""
    return _has_its_terms(order, event) and _has_its_lines(order, event)


def _has_its_lines(order: Order, event: OrderEvent) -> bool:
    lines = [(line.sku, line.name, line.quantity, line.price) for line in event.lines]
    stored = [(line.sku, line.name, line.quantity, line.price) for line in order.lines.all()]
    return sorted(lines) == sorted(stored)


def _has_its_terms(order: Order, event: OrderEvent) -> bool:
    is_its_price = (order.total, {order.currency}) == (event.total, event.currencies)
    return is_its_price and order.status in _STATUSES_AFTER[type(event)]


def count_by_status(order_ids: Sequence[UUID]) -> Counter[str]:
    """Return status → how many of these orders have it."""
    counts: Counter[str] = Counter()
    for some in batched(order_ids, 500):
        counts.update(Order.objects.filter(id__in=some).values_list("status", flat=True))
    return counts


def count_of_day(day: date, *, ended_before: datetime) -> dict[str, int]:
    """Return how many orders were placed on the day, in the shop's time zone, as `placed`.

    Under each status: how many of them had ended with it before that time.
    """
    clock = timezone.get_default_timezone()
    begin, end = (datetime.combine(day + timedelta(days=n), time.min, clock) for n in (0, 1))
    orders = Order.objects.filter(placed_at__gte=begin, placed_at__lt=end)
    ended = orders.filter(ended_at__lt=ended_before)
    by_status = ended.order_by().values_list("status").annotate(Count("id"))
    return {"placed": orders.count(), **dict(by_status)}


def _by_id(orders: QuerySet[Order], order_ids: Collection[UUID]) -> dict[UUID, Order]:
    found: dict[UUID, Order] = {}
    for some in batched(order_ids, 500):
        found |= orders.in_bulk(some)
    return found


def _found(orders: QuerySet[Order], order_id: UUID) -> Order:
    found = orders.filter(id=order_id).first()
    if found is None:
        raise OrderNotFound(order_id)
    return found
