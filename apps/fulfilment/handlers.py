"""Durable events, the consuming side: an order was placed or cancelled → its stock moves."""

from apps.fulfilment import services
from apps.messaging.errors import MessageUnreadable
from apps.messaging.events.streams import Consumer
from apps.orders.errors import EventContradictsOrder, OrderNotFound, WrongStatus
from apps.orders.events import ORDERS, OrderCancelled, OrderPlaced


def reserve_stock(event: OrderPlaced) -> None:
    try:
        services.reserve([event])
    except (OrderNotFound, EventContradictsOrder) as error:
        raise MessageUnreadable(str(error)) from error


def release_stock(event: OrderCancelled) -> None:
    try:
        services.release(order_id=event.id)
    except (OrderNotFound, WrongStatus) as error:
        raise MessageUnreadable(str(error)) from error


CONSUMER = Consumer(
    durable="fulfilment",
    stream=ORDERS,
    handlers={OrderPlaced: reserve_stock, OrderCancelled: release_stock},
    batch_handlers={OrderPlaced: services.reserve},
)
