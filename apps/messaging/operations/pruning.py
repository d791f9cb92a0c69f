"""Deletes old rows: of messages that were sent, handled or settled, and of stopped processes."""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Now

from apps.messaging.models import (
    DeadLetter,
    FailedDelivery,
    InboxEntry,
    OutboxMessage,
    WorkerInstance,
)
from apps.messaging.operations import sent_rows
from apps.messaging.operations.sent_rows import CHUNK_ROWS

LONGEST_SECONDS = 2.0
"""For one table: the task has several, and ends before it would be delivered again. The next run
goes on, a minute later: so as many rows can be deleted as are recorded, at any rate of orders."""

logger = logging.getLogger(__name__)


def inbox_kept() -> timedelta:
    """Return how long entries are kept: longer than the stream keeps events.

    So a replayed event is still known as handled.
    """
    return timedelta(days=settings.KEPT.inbox)


def prune() -> dict[str, int]:
    """Delete in chunks, so that no lock is held for long; return table → number of rows.

    The database's clock counts: a process with a wrong clock would delete rows still needed.
    """
    now = Now()
    handled = now - inbox_kept()
    # An instance without a heartbeat for that long was a container, which never comes back.
    gone = now - timedelta(days=settings.KEPT.instances)
    sent, oldest = _delete_sent(), oldest_event()
    return {
        "outbox": sent,
        "inbox": delete(_handled_before(handled, oldest)),
        "failures": delete(FailedDelivery.objects.filter(failed_at__lt=handled)),
        "instances": delete(WorkerInstance.objects.filter(seen_at__lt=gone)),
        "dead_letters": delete(_settled_letters(oldest)),
    }


def log_deleted(rows: Mapping[str, int]) -> None:
    """Write a log line with the table → number of rows, if there is any."""
    if any(rows.values()):
        logger.info("cleaned up", extra=dict(rows))


def _delete_sent() -> int:
    durables = sent_rows.waiting()
    had = (OutboxMessage.objects.filter(pk__in=ids) for ids in sent_rows.had(durables))
    return delete(sent_rows.unneeded(durables)) + delete_each(had)


def _handled_before(moment: Any, oldest: datetime | None) -> QuerySet[InboxEntry]:
    """Return entries that are older than this, and than each event that may be sent again."""
    entries = InboxEntry.objects.filter(handled_at__lt=moment)
    return entries.filter(handled_at__lt=oldest) if oldest else entries


def oldest_event() -> datetime | None:
    """Return when the oldest event of the outbox was recorded."""
    events = OutboxMessage.objects.filter(
        transport=OutboxMessage.Transport.JETSTREAM, dead_at__isnull=True
    )
    return events.order_by("id").values_list("recorded_at", flat=True).first()


def _settled_letters(oldest: datetime | None) -> QuerySet[DeadLetter]:
    """Return the letters that a person has settled; dead ones stay until then.

    A dropped one stays until its event cannot be sent again: it must not be handled then.
    """
    long_ago = Now() - timedelta(days=settings.KEPT.letters)
    settled = DeadLetter.objects.exclude(state=DeadLetter.State.DEAD)
    old = settled.filter(died_at__lt=long_ago).exclude(redriven_at__gte=long_ago)
    return old.exclude(state=DeadLetter.State.DROPPED, died_at__gte=oldest) if oldest else old


def delete(rows: QuerySet) -> int:
    """Delete the rows a chunk at a time, for `LONGEST_SECONDS`; return how many were deleted."""
    return delete_each(_chunks_of(rows))


def delete_each(chunks: Iterable[QuerySet]) -> int:
    """Delete these rows, a statement a chunk, for `LONGEST_SECONDS`; return how many."""
    total, until = 0, time.monotonic() + LONGEST_SECONDS
    for rows in chunks:
        total += rows.delete()[0]
        if time.monotonic() > until:
            # At each run for hours: rows are recorded faster than the database deletes them.
            logger.warning("more to clean up", extra={"table": rows.model._meta.db_table})
            break
    return total


def _chunks_of(rows: QuerySet) -> Iterator[QuerySet]:
    """Yield the rows that are there at that moment, until there are none."""
    # Without an order: to sort, the database would read all rows that stay.
    while keys := list(rows.order_by().values_list("pk", flat=True)[:CHUNK_ROWS]):
        yield rows.filter(pk__in=keys)
