"""Reserves the stock of an order and returns it, each once.

Events may arrive in any sequence: the locked row of the order shows what is still to be done.
A step is a part of its caller's transaction, which an error ends as a whole: no savepoint is made.
"""

import logging
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.catalog.services import return_stock, take_stock_for_each
from apps.fulfilment.models import Reservation
from apps.orders.errors import WrongStatus
from apps.orders.events import OrderPlaced
from apps.orders.queries import check_event
from apps.orders.services import confirm_orders, lock_order, lock_orders, reject_order

logger = logging.getLogger(__name__)


@transaction.atomic(savepoint=False)
def reserve(events: Sequence[OrderPlaced]) -> None:
    """Take the stock for each order and confirm it, or take nothing of it and reject it.

    An order that was cancelled before its event arrived reserves nothing. The stored lines of the
    order count, not those of the event: any process that may publish could send others. Raises
    `OrderNotFound`, and `EventContradictsOrder` if the lines, the total or a currency of an event
    differ.
    """
    orders = lock_orders(event.id for event in events)
    for event in events:
        check_event(orders[event.id], event)
    for order in orders.values():
        if order.has_ended:
            extra = {"order": str(order.id), "status": order.status}
            logger.info("nothing to reserve", extra=extra)
    # In the sequence of their events: first come, first served.
    waiting = {event.id: orders[event.id] for event in events if not orders[event.id].has_ended}
    lines = {
        id: [(line.sku, line.quantity) for line in order.lines.all()]
        for id, order in waiting.items()
    }
    shortages = take_stock_for_each(lines)
    for id, shortage in shortages.items():
        reject_order(order=waiting.pop(id), reason=str(shortage))
    Reservation.objects.bulk_create(Reservation(order_id=id, lines=lines[id]) for id in waiting)
    confirm_orders([*waiting.values()])


@transaction.atomic(savepoint=False)
def release(*, order_id: UUID) -> None:
    """Return the reserved stock of an order; do nothing if it has none.

    Raises `OrderNotFound`, and `WrongStatus` if the order is not cancelled.
    """
    order = lock_order(order_id=order_id)
    if order.status != order.Status.CANCELLED:
        raise WrongStatus(f"order {order_id} is {order.status}, not cancelled")
    reservation = Reservation.objects.filter(order_id=order_id, released_at=None).first()
    if reservation is None:
        logger.info("nothing to release", extra={"order": str(order_id)})
        return
    return_stock([(sku, quantity) for sku, quantity in reservation.lines])
    reservation.released_at = timezone.now()
    reservation.save(update_fields=["released_at"])
    logger.info("stock released", extra={"order": str(order_id)})
