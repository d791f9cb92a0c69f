"""What can be asked about orders; nothing here writes."""

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import batched
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from apps.orders.errors import EventContradictsOrder, OrderNotFound
from apps.orders.events import (
    OrderCancelled,
    OrderConfirmed,
    OrderEvent,
    OrderPlaced,
    OrderRejected,
)
from apps.orders.models import Order

# An event may be late, and an order never goes back: what it can be when the event is heard.
_HEARD_OF: dict[type[OrderEvent], set[str]] = {
    OrderPlaced: {*Order.Status},
    OrderConfirmed: {Order.Status.CONFIRMED, Order.Status.CANCELLED},
    OrderRejected: {Order.Status.REJECTED},
    OrderCancelled: {Order.Status.CANCELLED},
}


def order(order_id: UUID) -> Order:
    """Return the order, its lines at hand. Raises `OrderNotFound`."""
    return _found(Order.objects.prefetch_related("lines"), order_id)


def order_alone(order_id: UUID) -> Order:
    """Return the order without its lines: one query, for a page that looks each second.

    Raises `OrderNotFound`.
    """
    return _found(Order.objects.all(), order_id)


def order_payload(order: Order) -> dict[str, Any]:
    """Return what the API and the pages show of an order; money is `Decimal`."""
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
    orders: dict[UUID, Order] = {}
    for some in batched(order_ids, 500):
        orders |= Order.objects.in_bulk(some)
    return orders


def order_of(event: OrderEvent) -> Order:
    """Return the order that an event is about, where it can have come to that.

    Any process with the right to publish could forge a confirmation, so the order decides. Needs
    no lock: an event that was true once agrees with every later status. Raises `OrderNotFound`,
    `EventContradictsOrder`.
    """
    order = order_alone(event.id)
    check_told(order, event)
    return order


def check_told(order: Order, event: OrderEvent) -> None:
    """Raise `EventContradictsOrder` where the order has not come to that, or was of other lines."""
    if not agrees_with(order, event):
        raise EventContradictsOrder(event.subject, order.id, order.status)
    told = [(line.sku, line.name, line.quantity, line.price) for line in event.lines]
    if sorted(told) != sorted(order.lines.values_list("sku", "name", "quantity", "price")):
        raise EventContradictsOrder(event.subject, order.id, f"{order.status}, and of other lines")


def agrees_with(order: Order, event: OrderEvent) -> bool:
    """Whether the order has, now or before, come to what the event says of it, for that money."""
    is_its_price = (order.total, order.currency) == (event.total, event.currency)
    return is_its_price and order.status in _HEARD_OF[type(event)]


def count_by_status(order_ids: Sequence[UUID]) -> Counter[str]:
    """Return status → how many of these orders have it."""
    counts: Counter[str] = Counter()
    for some in batched(order_ids, 500):
        counts.update(Order.objects.filter(id__in=some).values_list("status", flat=True))
    return counts


def _found(orders: QuerySet[Order], order_id: UUID) -> Order:
    found = orders.filter(id=order_id).first()
    if found is None:
        raise OrderNotFound(order_id)
    return found
