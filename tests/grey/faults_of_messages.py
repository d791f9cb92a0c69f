"""Faults of messages and workers whose alarms no silent server sets off; each is ended again."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db.models import F, Max, QuerySet, Sum
from django.db.models.functions import Now
from nats.aio.client import Client as NatsClient

from apps.demo.chaos.check import until
from apps.messaging.brokers import nats_for_threads
from apps.messaging.message import SOURCE
from apps.messaging.models import OutboxMessage, WorkerInstance
from apps.messaging.operations.sent_rows import PRUNED_BY
from apps.messaging.pubsub.broadcast import publish
from apps.messaging.recovery.resend import sent_events
from apps.messaging.stream_check import StreamCheck
from apps.notifications.models import Mail
from apps.notifications.waiting import LATE
from apps.orders.events import ORDERS, OrderConfirmed, OrderPlaced
from tests.grey import faults
from tests.grey.bed import Bed

DEATHS = 6
"""More than the rule of restarts allows."""
VISITORS = 64
"""More at once than `web` has threads."""
WITHIN_SECONDS = 60.0
FOUND_WITHIN_SECONDS = 300.0
BACK = PRUNED_BY + timedelta(hours=1)


@contextmanager
def killed_often(name: str, bed: Bed) -> Iterator[None]:
    """Kill a worker, and again as soon as it has said that it is back."""
    for _ in range(DEATHS):
        _kill_until_back(name, bed)
    yield


def _kill_until_back(name: str, bed: Bed) -> None:
    before = _restarts(name)
    bed.shop.kill(f"workers.{name}")
    until(lambda: _restarts(name) > before, within=WITHIN_SECONDS, what=f"{name} is back")


def _restarts(name: str) -> int:
    rows = WorkerInstance.objects.filter(name=name)
    return int(rows.aggregate(all=Sum("restarts"))["all"] or 0)


@contextmanager
def unreadable_events(count: int, bed: Bed) -> Iterator[None]:
    """Send events that no consumer can read, in the shop's name, as a wrong deployment would.

    Each consumer of their subject gives them up, and pauses when ten in a row were such.
    """
    for _ in range(count):
        publish(OrderPlaced.subject, b"unreadable", {"ce-source": SOURCE})
    yield


@contextmanager
def crowded(seconds: float, bed: Bed) -> Iterator[None]:
    """Let more visitors than `web` has threads wait for a late database."""
    over = threading.Event()

    def visit() -> None:
        while not over.is_set():
            with suppress(OSError):
                bed.shop.web.get("/")

    with bed.links.late("postgresql", seconds), ThreadPoolExecutor(VISITORS) as visitors:
        for _ in range(VISITORS):
            visitors.submit(visit)
        try:
            yield
        finally:
            over.set()


@contextmanager
def event_lost(bed: Bed) -> Iterator[None]:
    """Delete the end of an order from the stream, and send what is missing again afterwards."""
    ends = sent_events().filter(destination=OrderConfirmed.subject).order_by("-id")
    until(ends.exists, within=WITHIN_SECONDS, what="the stream has the end of an order")
    place = ends[0].stream_sequence
    assert place

    async def delete(nc: NatsClient) -> None:
        await nc.jetstream().delete_msg(ORDERS.name, place)

    nats_for_threads.call(delete, timeout=10)
    try:
        yield
        # It compares both each minute, but behind the mails of all orders.
        lost = StreamCheck.objects.filter(stream=ORDERS.name, lost__gt=0)
        until(lost.exists, within=FOUND_WITHIN_SECONDS, what="the shop has found the loss")
    finally:
        call_command("outbox", "resend", "--missing", "--send", stdout=StringIO(), verbosity=0)


@contextmanager
def event_of_yesterday(consumer: str, bed: Bed) -> Iterator[None]:
    """Stop a consumer, and let the events that it lacks be more than a day old."""
    last = sent_events().aggregate(last=Max("id"))["last"] or 0
    with faults.stopped(f"workers.{consumer}", bed):
        lacking = sent_events().filter(id__gt=last)
        until(lacking.exists, within=WITHIN_SECONDS, what="an event is sent that it lacks")
        ids = list(lacking.values_list("id", flat=True))
        _move(OutboxMessage.objects.filter(id__in=ids), "sent_at", -BACK)
        try:
            yield
        finally:
            _move(OutboxMessage.objects.filter(id__in=ids), "sent_at", BACK)


@contextmanager
def mail_of_an_hour_ago(bed: Bed) -> Iterator[None]:
    """Fill the mail server, and let it be so for more than the time after which a mail is late."""
    with faults.full_mail_server(bed):
        failing = Mail.objects.filter(state=Mail.State.DUE, failing_since__isnull=False)
        until(failing.exists, within=WITHIN_SECONDS, what="a mail is put off")
        ids = list(failing.values_list("id", flat=True))
        mails = Mail.objects.filter(id__in=ids)
        _move(mails, "failing_since", -2 * LATE)
        try:
            yield
        finally:
            _move(mails, "failing_since", 2 * LATE)
    # After two hours of failures the next attempt is half an hour away.
    mails.update(put_off_until=Now())


def _move(rows: QuerySet[Any], column: str, by: timedelta) -> None:
    rows.update(**{column: F(column) + by})
