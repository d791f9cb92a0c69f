"""Durable events, the consuming side: every event of an order → the day's sales figures.

This durable receives all of `orders.>`, so it also makes dead letters of unknown messages there.
"""

from apps.messaging.errors import MessageUnreadable
from apps.messaging.events.streams import Consumer
from apps.orders.errors import EventContradictsOrder, OrderNotFound
from apps.orders.events import (
    ORDERS,
    OrderCancelled,
    OrderConfirmed,
    OrderEvent,
    OrderPlaced,
    OrderRejected,
)
from apps.orders.queries import order_of
from apps.sales.deltas import delta_of
from apps.sales.services import count


def count_event(event: OrderEvent) -> None:
    try:
        day = order_of(event).day_placed
    except (OrderNotFound, EventContradictsOrder) as error:
        raise MessageUnreadable(str(error)) from error
    count(day=day, currency=event.currency, delta=delta_of(event))


CONSUMER = Consumer(
    durable="sales",
    stream=ORDERS,
    handlers={
        OrderPlaced: count_event,
        OrderConfirmed: count_event,
        OrderRejected: count_event,
        OrderCancelled: count_event,
    },
    all_subjects=True,
)
