"""The steps of an order. Each is one transaction: the new status and its event.

All code takes locks in the same sequence: first the order's row, then products by SKU.
"""

import logging
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.messaging import outbox
from apps.orders import cart_items, idempotency
from apps.orders.errors import NotCancellable, OrderNotFound, WrongStatus
from apps.orders.events import (
    OrderCancelled,
    OrderConfirmed,
    OrderEvent,
    OrderPlaced,
    OrderRejected,
)
from apps.orders.insertion import insert
from apps.orders.lines import PricedLine, total_of
from apps.orders.models import Order, OrderLine

logger = logging.getLogger(__name__)

CANCELLED_BY_CUSTOMER = "cancelled by the customer"


@transaction.atomic
def place_order(
    *,
    email: str,
    lines: Sequence[PricedLine],
    currency: str,
    claim: idempotency.Claim | None = None,
    cart: UUID | None = None,
) -> Order:
    """Store a new order with its lines, remove them from the cart, record `orders.placed`.

    Raises `KeyTaken`, `CartChanged`.
    """
    order = Order(email=email, total=total_of(lines), currency=currency)
    # Not by the ORM: the customer waits while it builds its statements (insertion.py). The usual
    # way is `bulk_create`.
    insert([order], made=("placed_at",))
    if claim:
        idempotency.take(claim, order=order)
    if cart:
        cart_items.take_out(cart, lines)
    rows = [
        OrderLine(
            order=order,
            sku=line.sku,
            name=line.name[: OrderLine.NAME_LENGTH],
            quantity=line.quantity,
            price=line.price,
        )
        for line in lines
    ]
    insert(rows, made=("id",))
    outbox.record(_event_of(OrderPlaced, order, rows), key=str(order.id))
    logger.info("order placed", extra={"order": str(order.id)})
    return order


def lock_order(*, order_id: UUID) -> Order:
    """Return the order, locked until the transaction ends.

    Raises `OrderNotFound`.
    """
    # FOR NO KEY UPDATE: inserts of rows that only refer to the order, as a mail, need not wait.
    order = Order.objects.select_for_update(no_key=True).filter(id=order_id).first()
    if order is None:
        raise OrderNotFound(order_id)
    return order


def lock_orders(order_ids: Iterable[UUID]) -> dict[UUID, Order]:
    """Return these orders with their lines, by id, locked until the transaction ends.

    Raises `OrderNotFound` if one is missing.
    """
    ids = set(order_ids)
    # In the order of their ids, so that two processes cannot deadlock.
    locked = Order.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id")
    orders = {order.id: order for order in locked.prefetch_related("lines")}
    if missing := ids - orders.keys():
        raise OrderNotFound(min(missing))
    return orders


def confirm_orders(orders: Sequence[Order]) -> None:
    """Confirm placed orders; they are locked, and their stock was taken in this transaction.

    Raises `WrongStatus`.
    """
    for order in orders:
        _require_placed(order)
    _end(orders, Order.Status.CONFIRMED)
    outbox.record_all(
        (_event_of(OrderConfirmed, order, order.lines.all()), str(order.id)) for order in orders
    )


def reject_order(*, order: Order, reason: str) -> None:
    """Reject a placed order; `order` is locked. Raises `WrongStatus`."""
    _require_placed(order)
    _end([order], Order.Status.REJECTED, reason)
    event = _event_of(OrderRejected, order, order.lines.all(), reason=order.reason)
    outbox.record(event, key=str(order.id))


@transaction.atomic
def cancel_order(*, order_id: UUID, reason: str = CANCELLED_BY_CUSTOMER) -> Order:
    """Cancel a placed or confirmed order. A repeat changes nothing and returns the same.

    Reserved stock is returned when `orders.cancelled` reaches the fulfilment. Raises
    `OrderNotFound`, `NotCancellable`.
    """
    order = lock_order(order_id=order_id)
    if order.status == Order.Status.REJECTED:
        raise NotCancellable
    if order.status != Order.Status.CANCELLED:
        _end([order], Order.Status.CANCELLED, reason)
        event = _event_of(OrderCancelled, order, order.lines.all(), reason=order.reason)
        outbox.record(event, key=str(order.id))
    return order


def _require_placed(order: Order) -> None:
    if order.status != Order.Status.PLACED:
        raise WrongStatus(f"order {order.id} is {order.status}, not placed")


def _end(orders: Sequence[Order], status: Order.Status, reason: str = "") -> None:
    reason, now = reason[:255], timezone.now()
    ids = [order.id for order in orders]
    Order.objects.filter(id__in=ids).update(status=status, reason=reason, ended_at=now)
    for order in orders:
        order.status, order.reason, order.ended_at = status, reason, now
        logger.info(f"order {status}", extra={"order": str(order.id)})


def _event_of[E: OrderEvent](
    kind: type[E], order: Order, lines: Iterable[OrderLine], **more: str
) -> E:
    return kind(
        id=order.id,
        total=order.total,
        currency=order.currency,
        lines=tuple(
            kind.line_class(
                sku=line.sku,
                name=line.name,
                quantity=line.quantity,
                price=line.price,
                currency=order.currency,
            )
            for line in lines
        ),
        **more,
    )
