"""Reserves the stock of an order and returns it, each once.

Events may arrive in any sequence: the locked row of the order shows what is still to be done.
"""

import logging
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.catalog.errors import OutOfStock
from apps.catalog.services import return_stock, take_stock
from apps.fulfilment.models import Reservation
from apps.orders.errors import WrongStatus
from apps.orders.events import OrderPlaced
from apps.orders.queries import check_event
from apps.orders.services import confirm_order, lock_order, reject_order

logger = logging.getLogger(__name__)


@transaction.atomic
def reserve(event: OrderPlaced) -> None:
    """Take the stock for all lines and confirm the order, or take nothing and reject it.

    An order that was cancelled before its event arrived reserves nothing. The stored lines of the
    order count, not those of the event: any process that may publish could send others. Raises
    `OrderNotFound`, and `EventContradictsOrder` if the lines of the event differ.
    """
    order = lock_order(order_id=event.id)
    check_event(order, event)
    if order.has_ended:
        logger.info("nothing to reserve", extra={"order": str(order.id), "status": order.status})
        return
    lines = list(order.lines.values_list("sku", "quantity"))
    try:
        take_stock(lines)  # its savepoint: all or nothing
    except OutOfStock as shortage:
        reject_order(order=order, reason=str(shortage))
        return
    Reservation.objects.create(order_id=order.id, lines=lines)
    confirm_order(order=order)


@transaction.atomic
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
    return_stock((sku, quantity) for sku, quantity in reservation.lines)
    reservation.released_at = timezone.now()
    reservation.save(update_fields=["released_at"])
    logger.info("stock released", extra={"order": str(order_id)})
