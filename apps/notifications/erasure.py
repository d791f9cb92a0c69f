"""Erases a customer: orders stay for the shop's accounts, without any data of the customer."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.messaging.operations import erasure as messages
from apps.notifications.errors import CustomerBusy, CustomerUnknown
from apps.notifications.models import Mail
from apps.notifications.waiting import under_way
from apps.orders import erasure as orders

MAIL_WRITTEN_WITHIN = timedelta(days=1)
"""After the end of an order; if its mail is missing by then, its event is a dead letter."""


@transaction.atomic
def erase(email: str, *, apply: bool) -> dict[str, int]:
    """Return table → number of rows with this address; with `apply` the address is erased there.

    Raises `CustomerUnknown`, and `CustomerBusy` if an order has not ended or a mail is due.
    """
    if email.lower() == orders.ERASED:
        raise CustomerUnknown(email)
    theirs = orders.lock_orders_of(email)
    mails = _mails_of(email, [order.id for order in theirs])
    found = {
        "orders": len(theirs),
        "mails": mails.count(),
        "sessions": orders.count_sessions(theirs),
        **messages.count(email),
    }
    if not any(found.values()):
        raise CustomerUnknown(email)
    _check_nothing_is_under_way(email, theirs, mails)
    if apply:
        orders.erase_sessions(theirs)
        _erase_mails(mails)
        orders.erase_orders(theirs)
        messages.black_out(email, by=orders.ERASED)
    return found


def _mails_of(email: str, order_ids: Collection[UUID]) -> QuerySet[Mail]:
    return Mail.objects.filter(Q(order_id__in=order_ids) | Q(to__iexact=email))


def _check_nothing_is_under_way(email: str, theirs: Collection[Any], mails: QuerySet[Mail]) -> None:
    if waiting := sum(not order.has_ended for order in theirs):
        raise CustomerBusy(f"{email} has {waiting} open orders: wait for their end, or cancel them")
    written = set(mails.values_list("order_id", "kind"))
    since = timezone.now() - MAIL_WRITTEN_WITHIN
    ended = [order for order in theirs if order.ended_at and order.ended_at > since]
    unwritten = sum((order.id, order.status) not in written for order in ended)
    due = under_way(mails).count()
    if unwritten + due:
        raise CustomerBusy(f"{unwritten + due} mails to {email} are under way: try again later")


def _erase_mails(mails: QuerySet[Mail]) -> None:
    """Keep the rows of sent mails, so that none is sent again; delete those that were given up."""
    ids = list(mails.values_list("id", flat=True))
    theirs = Mail.objects.filter(id__in=ids)
    theirs.exclude(state=Mail.State.SENT).delete()
    theirs.update(to=orders.ERASED, subject="erased", body="")
