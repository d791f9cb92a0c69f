"""The effect of `orders.placed`, as one writes it by hand with the ORM: for the peers' handlers.

It does less than the shop's consumer: it checks no envelope, counts no attempts, buries nothing.
"""

import json
import uuid

from django.db import close_old_connections, transaction
from django.db.models import F
from django.utils import timezone

from apps.catalog.models import Product
from apps.fulfilment.models import Reservation
from apps.messaging.models import InboxEntry, OutboxMessage
from apps.orders.models import Order


def reserve(body: bytes, headers: dict[str, str]) -> None:
    """Inbox, stock, reservation, confirmation and the next event, in one transaction."""
    close_old_connections()
    message_id, key = headers["ce-id"], headers["ce-subject"]
    with transaction.atomic():
        _, is_new = InboxEntry.objects.get_or_create(
            consumer="fulfilment", message_id=message_id, defaults={"key": key}
        )
        if is_new:
            _confirm(json.loads(body)["id"], body.decode(), headers)


def _confirm(order_id: str, body: str, headers: dict[str, str]) -> None:
    order = Order.objects.select_for_update(no_key=True).get(id=order_id)
    lines = sorted(order.lines.values_list("sku", "quantity"))
    for sku, quantity in lines:
        enough = Product.objects.filter(sku=sku, stock__gte=quantity)
        if not enough.update(stock=F("stock") - quantity):
            raise LookupError(sku)
    Reservation.objects.create(order_id=order.id, lines=lines)
    order.status, order.ended_at = Order.Status.CONFIRMED, timezone.now()
    order.save(update_fields=["status", "ended_at"])
    message_id = uuid.uuid4()
    OutboxMessage.objects.create(
        message_id=message_id,
        transport=OutboxMessage.Transport.JETSTREAM,
        destination="orders.confirmed",
        key=order_id,
        headers=json.dumps(headers | {"ce-id": str(message_id)}),
        body=body,
    )
