"""Orders for tests, made as the shop makes them."""

from decimal import Decimal
from uuid import UUID

from django.db import transaction

from apps.messaging.events.delivery import Delivery
from apps.messaging.events.streams import Consumer
from apps.messaging.message import new_envelope
from apps.messaging.models import OutboxMessage
from apps.orders import services
from apps.orders.events import OrderEvent
from apps.orders.lines import PricedLine
from apps.orders.models import Order


def priced(sku: str = "ABC", *, quantity: int = 2, price: str = "9.99") -> PricedLine:
    return PricedLine(sku=sku, name=f"Product {sku}", quantity=quantity, price=Decimal(price))


def make_order(*lines: PricedLine, email: str = "alice@example.com") -> Order:
    return services.place_order(email=email, lines=lines or [priced()], currency="GBP")


@transaction.atomic
def confirm(order: Order) -> Order:
    locked = services.lock_order(order_id=order.id)
    services.confirm_orders([locked])
    return locked


@transaction.atomic
def reject(order: Order, reason: str = "not enough of ABC in stock") -> Order:
    locked = services.lock_order(order_id=order.id)
    services.reject_order(order=locked, reason=reason)
    return locked


def cancel(order: Order) -> Order:
    return services.cancel_order(order_id=order.id)


def event_of[E: OrderEvent](event: type[E], order: Order, **more: str) -> E:
    """Return the order's event, for a handler."""
    lines = tuple(
        event.line_class(
            sku=line.sku,
            name=line.name,
            quantity=line.quantity,
            price=line.price,
            currency=order.currency,
        )
        for line in order.lines.all()
    )
    return event(id=order.id, total=order.total, currency=order.currency, lines=lines, **more)


def foreign_delivery(event: OrderEvent, consumer: Consumer) -> Delivery:
    """Return the delivery of a well-formed event that the outbox never recorded."""
    envelope = new_envelope(event, key=str(event.id), traceparent="")
    return Delivery(
        consumer=consumer.durable,
        subject=event.subject,
        headers=envelope.to_headers(),
        body=event.to_json().encode(),
        stream="ORDERS",
        sequence=10**6,
        attempt=1,
    )


def recorded(order_id: UUID) -> list[str]:
    """Return the subjects that the outbox holds for the order, oldest first."""
    rows = OutboxMessage.objects.filter(key=str(order_id)).order_by("id")
    return list(rows.values_list("destination", flat=True))
