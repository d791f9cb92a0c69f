"""Durable events, the consuming side: an order has ended → a mail is due, and Celery sends it."""

from functools import partial

from django.db import transaction

from apps.messaging.errors import MessageUnreadable
from apps.messaging.events.streams import Consumer
from apps.notifications.models import Mail
from apps.notifications.services import write_order_mail
from apps.notifications.tasks import ask_to_send
from apps.orders.errors import EventContradictsOrder, OrderNotFound
from apps.orders.events import (
    ORDERS,
    OrderCancelled,
    OrderConfirmed,
    OrderEvent,
    OrderRejected,
)


def mail_confirmation(event: OrderConfirmed) -> None:
    _mail(Mail.Kind.CONFIRMED, event)


def mail_rejection(event: OrderRejected) -> None:
    _mail(Mail.Kind.REJECTED, event)


def mail_cancellation(event: OrderCancelled) -> None:
    _mail(Mail.Kind.CANCELLED, event)


def _mail(kind: Mail.Kind, event: OrderEvent) -> None:
    try:
        mail = write_order_mail(kind=kind, event=event)
    except (OrderNotFound, EventContradictsOrder) as error:
        raise MessageUnreadable(str(error)) from error
    if mail:
        # After the commit and before the ack. If it fails, beat's `reconcile` finds the row.
        transaction.on_commit(partial(ask_to_send, mail.id), robust=True)


CONSUMER = Consumer(
    durable="notification",
    stream=ORDERS,
    handlers={
        OrderConfirmed: mail_confirmation,
        OrderRejected: mail_rejection,
        OrderCancelled: mail_cancellation,
    },
)
