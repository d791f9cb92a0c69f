"""Order mails: stored as due in the same transaction as their cause, and sent once, however many
tasks ask for them.

A mail is sent twice only if a process dies, or is paused for minutes, after the mail server
accepted it and before that is stored, or if the server's answer is lost. A slow server is no
reason: the claim (`claiming.py`) is longer than a conversation whose every answer takes its whole
timeout. The fixed Message-ID shows that it is the same mail.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models.functions import Now
from django.template.loader import render_to_string

from apps.messaging.handling.database import note
from apps.messaging.hooks.measuring import timed
from apps.messaging.hooks.steps import calling
from apps.messaging.operations import pruning
from apps.notifications import put_off
from apps.notifications.claiming import claimed
from apps.notifications.models import Mail
from apps.orders.access import link_to
from apps.orders.erasure import is_erased
from apps.orders.events import OrderCancelled, OrderConfirmed, OrderEvent, OrderRejected
from apps.orders.queries import orders_of

logger = logging.getLogger(__name__)

KINDS: dict[type[OrderEvent], Mail.Kind] = {
    OrderConfirmed: Mail.Kind.CONFIRMED,
    OrderRejected: Mail.Kind.REJECTED,
    OrderCancelled: Mail.Kind.CANCELLED,
}
SUBJECTS = {
    Mail.Kind.CONFIRMED: "Your order is confirmed",
    Mail.Kind.REJECTED: "We cannot deliver your order",
    Mail.Kind.CANCELLED: "Your order is cancelled",
}


def write_order_mails(events: Sequence[OrderEvent]) -> list[Mail]:
    """Store the mails about the ends of orders as due, and return them, also those known already.

    A customer who was erased gets none. Raises `OrderNotFound`, and `EventContradictsOrder` if an
    order has not ended as its event says.
    """
    orders = orders_of(events)
    mails = {
        (mail.order_id, mail.kind): mail
        for event in events
        if not is_erased(orders[event.id])
        for mail in [_write(event, orders[event.id])]
    }
    stored = Mail.objects.filter(order_id__in=orders)
    known = {key: mail for mail in stored if (key := (mail.order_id, mail.kind)) in mails}
    # In a fixed order, so that two processes cannot deadlock.
    new = [mail for key, mail in sorted(mails.items()) if key not in known]
    # Without an update, however small, the database returns no id of a mail that another process
    # has stored since.
    Mail.objects.bulk_create(
        new, update_conflicts=True, unique_fields=["order", "kind"], update_fields=["kind"]
    )
    for key in mails:
        logger.info("mail known" if key in known else "mail due", extra={"order": str(key[0])})
    return [*known.values(), *new]


def _write(event: OrderEvent, order: Any) -> Mail:
    kind = KINDS[type(event)]
    return Mail(
        order_id=order.id,
        kind=kind,
        to=order.email,  # no event contains it
        subject=f"{SUBJECTS[kind]} ({str(event.id)[:8]})",
        body=render_to_string(
            f"notifications/{kind}.txt", {"order": event, "link": link_to(order)}
        ).strip(),
    )


def send(*, mail_id: int, is_redriven: bool = False) -> bool:
    """Send the mail unless it was sent or is being sent; return whether this call sent it.

    A mail that was given up is sent only if a person asks for it: `is_redriven`. Raises
    `MessageUnreadable` if there is no such mail. If the mail server does not take it, raises
    `MailNotTaken` while the task is to retry, or `MailGivenUp`.
    """
    with claimed(mail_id, is_redriven=is_redriven) as mail:
        if mail is None:
            return False
        message = _message(mail)
        try:
            server = settings.MAIL_HOST
            with timed("mail"), calling("send mail", protocol="smtp", server=server):
                message.send()
        except (OSError, ValueError) as error:
            put_off.attempt_failed(mail, error, message)
            return False
        mail.reached("mail.sent")
        note(partial(_mark_sent, mail))
    logger.info("mail sent", extra={"order": str(mail.order_id), "mail": mail.key})
    return True


def _message(mail: Mail) -> EmailMessage:
    return EmailMessage(
        subject=mail.subject,
        body=mail.body,
        to=[mail.to],
        # RFC 3834: this prevents automatic replies.
        headers={
            "Message-ID": f"<{mail.key}@{settings.MAIL_DOMAIN}>",
            "Auto-Submitted": "auto-generated",
        },
    )


def _mark_sent(mail: Mail) -> None:
    Mail.objects.filter(id=mail.id).update(state=Mail.State.SENT, sent_at=Now())


def prune() -> int:
    """Delete mails that were sent long ago; mails that are due stay. Return how many."""
    long_ago = Now() - timedelta(days=settings.KEPT.mails)
    return pruning.delete(Mail.objects.filter(state=Mail.State.SENT, sent_at__lt=long_ago))
