"""Stores the past orders with all that followed from them: stock, mails, sales, inbox, reports.

The services of their apps make mails and sales; these check each event against its order.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from apps.demo.history.lives import Happened, OrderLife, lives, order_ids
from apps.demo.history.past_letter import PastLetter, add_letter
from apps.demo.history.past_orders import DAYS, LATE_MAIL, REJECTED
from apps.messaging.models import InboxEntry
from apps.notifications.services import KINDS, write_order_mails
from apps.orders.events import (
    OrderCancelled,
    OrderConfirmed,
    OrderEvent,
    OrderPlaced,
    OrderRejected,
)
from apps.sales.services import count

NOTIFICATION = "notification"
READERS: dict[str, tuple[type[OrderEvent], ...]] = {
    "fulfilment": (OrderPlaced, OrderCancelled),
    NOTIFICATION: tuple(KINDS),
    "sales": (OrderPlaced, OrderConfirmed, OrderRejected, OrderCancelled),
}
"""The durables of the shop, and the events that each handles. They are not imported: their handlers
would load what they enqueue with, and the start of the demo would wait for it."""
HANDLED_AFTER, SENT_AFTER = timedelta(milliseconds=400), timedelta(seconds=1)
REPORTED_AT = time(6)


@transaction.atomic
def add_history() -> int:
    """Store the past orders unless they are stored; return how many were added.

    Their days count back from today in the shop's time zone.
    """
    if _rows("orders.Order").filter(id__in=order_ids()).exists():
        return 0
    today = timezone.localdate(timezone=timezone.get_default_timezone())
    past = lives(today)
    _add_orders(past)
    events = [happened for life in past for happened in life.events]
    count([happened.event for happened in events])
    letter = add_letter(past[LATE_MAIL].events[-1], consumer=NOTIFICATION)
    _enter_inbox(events, letter)
    _add_mails(events, letter)
    _add_reports(today)
    return len(past)


def _add_orders(past: list[OrderLife]) -> None:
    _rows("orders.Order").bulk_create(
        _row(
            "orders.Order",
            id=life.placed.event.id,
            email=life.past.email,
            status=life.past.ending,
            reason=life.reason,
            total=life.placed.event.total,
            currency=life.placed.event.currency,
            placed_at=life.placed.at,
            ended_at=life.ended_at,
        )
        for life in past
    )
    _rows("orders.OrderLine").bulk_create(line for life in past for line in _lines_of(life))
    _rows("fulfilment.Reservation").bulk_create(
        _reservation_of(life) for life in past if life.past.ending != REJECTED
    )


def _lines_of(life: OrderLife) -> Iterator[Any]:
    order = life.placed.event
    for line in order.lines:
        yield _row(
            "orders.OrderLine",
            order_id=order.id,
            sku=line.sku,
            name=line.name,
            quantity=line.quantity,
            price=line.price,
        )


def _reservation_of(life: OrderLife) -> Any:
    """Return what the order holds, or held until it was cancelled."""
    _, confirmed, *cancelled = life.events
    return _row(
        "fulfilment.Reservation",
        order_id=confirmed.event.id,
        lines=[[line.sku, line.quantity] for line in confirmed.event.lines],
        created_at=confirmed.at,
        released_at=cancelled[0].at + HANDLED_AFTER if cancelled else None,
    )


def _enter_inbox(events: list[Happened], letter: PastLetter) -> None:
    """Enter each event for the consumers that handle it.

    By these entries a replay of the sales leaves out the days whose events are in no stream.
    """
    InboxEntry.objects.bulk_create(
        InboxEntry(
            consumer=durable,
            message_id=str(happened.id),
            key=str(happened.event.id),
            handled_at=_handled_at(happened, letter if durable == NOTIFICATION else None),
        )
        for durable, kinds in READERS.items()
        for happened in events
        if type(happened.event) in kinds
    )


def _handled_at(happened: Happened, letter: PastLetter | None) -> datetime:
    late = letter and letter.happened == happened
    return (letter.redriven_at if letter and late else happened.at) + HANDLED_AFTER


def _add_mails(events: list[Happened], letter: PastLetter) -> None:
    ends: dict[tuple[UUID, str], Happened] = {
        (happened.event.id, KINDS[type(happened.event)]): happened
        for happened in events
        if type(happened.event) in KINDS
    }
    mails = write_order_mails([happened.event for happened in ends.values()])
    for mail in mails:
        mail.due_at = _handled_at(ends[mail.order_id, mail.kind], letter)
        mail.sent_at = mail.due_at + SENT_AFTER
        mail.state, mail.attempts = mail.State.SENT, 1
    _rows("notifications.Mail").bulk_update(mails, ["due_at", "sent_at", "state", "attempts"])


def _add_reports(today: date) -> None:
    """Store that each day was reported but yesterday, whose report is due."""
    days = [today - timedelta(days=days_ago) for days_ago in range(DAYS, 1, -1)]
    _rows("sales.SalesReport").bulk_create(
        (_row("sales.SalesReport", day=day, sent_at=_next_morning(day)) for day in days),
        ignore_conflicts=True,
    )


def _next_morning(day: date) -> datetime:
    clock = timezone.get_default_timezone()
    return datetime.combine(day + timedelta(days=1), REPORTED_AT, clock)


def _rows(label: str) -> Any:
    return apps.get_model(label)._default_manager


def _row(label: str, **fields: Any) -> Any:
    return apps.get_model(label)(**fields)
