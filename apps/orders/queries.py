"""What can be asked about orders; nothing here writes."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from itertools import batched
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from apps.orders.errors import OrderNotFound
from apps.orders.models import Order


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


def day_placed(order_id: UUID) -> date:
    """Return the day (UTC) on which the order was placed. Raises `OrderNotFound`."""
    placed_at = Order.objects.filter(id=order_id).values_list("placed_at", flat=True).first()
    if placed_at is None:
        raise OrderNotFound(order_id)
    return placed_at.date()


def days_placed(order_ids: Collection[UUID]) -> dict[UUID, date]:
    """Return the days (UTC) on which these orders were placed; unknown ones are left out."""
    days: dict[UUID, date] = {}
    for some in batched(order_ids, 500):
        placed = Order.objects.filter(id__in=some).values_list("id", "placed_at")
        days |= {id: placed_at.date() for id, placed_at in placed}
    return days


def count_by_status(order_ids: Sequence[UUID]) -> Counter[str]:
    """Return status → how many of these orders have it."""
    counts: Counter[str] = Counter()
    for some in batched(order_ids, 500):
        counts.update(Order.objects.filter(id__in=some).values_list("status", flat=True))
    return counts


def email_of(order_id: UUID) -> str:
    """Return the customer's address, which no event tells. Raises `OrderNotFound`."""
    email = Order.objects.filter(id=order_id).values_list("email", flat=True).first()
    if email is None:
        raise OrderNotFound(order_id)
    return email


def _found(orders: QuerySet[Order], order_id: UUID) -> Order:
    found = orders.filter(id=order_id).first()
    if found is None:
        raise OrderNotFound(order_id)
    return found
