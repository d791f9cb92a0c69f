"""Durable events, the consuming side: an order has ended → a mail is due, and Celery sends it."""

from collections.abc import Sequence
from functools import partial

from django.db import transaction

from apps.messaging.errors import MessageUnreadable
from apps.messaging.events.streams import Consumer
from apps.notifications.services import write_order_mails
from apps.notifications.tasks import ask_to_send
from apps.orders.errors import EventContradictsOrder, OrderNotFound
from apps.orders.events import (
    ORDERS,
    OrderCancelled,
    OrderConfirmed,
    OrderEvent,
    OrderRejected,
)


def mail_customer(event: OrderEvent) -> None:
    try:
        mail_customers([event])
    except (OrderNotFound, EventContradictsOrder) as error:
        raise MessageUnreadable(str(error)) from error


def mail_customers(events: Sequence[OrderEvent]) -> None:
    mails = write_order_mails(events)
    # After the commit and before the acks. If it fails, beat's `reconcile` finds the rows.
    transaction.on_commit(partial(ask_to_send, mails), robust=True)


ENDS = (OrderConfirmed, OrderRejected, OrderCancelled)

CONSUMER = Consumer(
    durable="notification",
    stream=ORDERS,
    handlers=dict.fromkeys(ENDS, mail_customer),
    batch_handlers=dict.fromkeys(ENDS, mail_customers),
)
