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
from apps.sales.services import count


def count_event(event: OrderEvent) -> None:
    try:
        count([event])
    except (OrderNotFound, EventContradictsOrder) as error:
        raise MessageUnreadable(str(error)) from error


CONSUMER = Consumer(
    durable="sales",
    stream=ORDERS,
    handlers={
        OrderPlaced: count_event,
        OrderConfirmed: count_event,
        OrderRejected: count_event,
        OrderCancelled: count_event,
    },
    batch_handlers=dict.fromkeys(
        (OrderPlaced, OrderConfirmed, OrderRejected, OrderCancelled), count
    ),
    all_subjects=True,
)
