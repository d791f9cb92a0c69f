"""Compares sent rows of the outbox with a stream: is the message of each row still there?"""

import time
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.db.models.functions import Now
from nats.js.api import ConsumerConfig, DeliverPolicy

from apps.messaging.events.streams import Stream
from apps.messaging.models import OutboxMessage
from apps.messaging.recovery.resend import deleted_by_age, events_of, ids_of
from apps.messaging.recovery.stream_reading import StreamReading

SLICE_ROWS = 20_000
"""Rows compared at a time; a million take more memory than Celery's container has."""
SETTLED = timedelta(seconds=10)
"""Rows sent since then are not compared: a replica that is read may be behind the leader."""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Compared(NamedTuple):
    """How many rows have no message, the last row that was compared, and whether it is the last."""

    missing: int
    end: OutboxMessage | None
    is_complete: bool


def compare(stream: Stream, after: tuple[datetime, int], deadline: float) -> Compared:
    """Compare the rows after this one with the stream, up to the end or the deadline."""
    missing, end = 0, None
    while rows := _slice(stream, after):
        missing += _count_missing(
            stream, {str(each.message_id): each.stream_sequence for each in rows}
        )
        end = rows[-1]
        after = (end.sent_at, end.pk)
        if time.monotonic() > deadline:
            return Compared(missing, end, is_complete=False)
    return Compared(missing, end, is_complete=True)


def _slice(stream: Stream, after: tuple[datetime, int]) -> list[Any]:
    sent_at, id = after
    # In these words, and not by OR, an index finds where to go on.
    rows = rows_of(stream).filter(sent_at__gte=sent_at).exclude(sent_at=sent_at, id__lte=id)
    return list(rows.only("message_id", "stream_sequence", "sent_at")[:SLICE_ROWS])


def rows_of(stream: Stream) -> QuerySet[OutboxMessage]:
    """Return them in the order in which they were sent, and so mostly in that of the stream.

    A message that the stream has deleted as too old is no loss.
    """
    rows = events_of(stream).filter(~deleted_by_age(stream), stream_sequence__isnull=False)
    return rows.filter(sent_at__lt=Now() - SETTLED).order_by("sent_at", "id")


def _count_missing(stream: Stream, places: dict[str, int]) -> int:
    """Read the part of the stream with these places, and count the ids that are not there."""
    missing = set(places)
    config = ConsumerConfig(
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=min(places.values()),
        headers_only=True,
    )
    for messages in StreamReading(stream.name, config).batches():
        missing.difference_update(ids_of(messages))
        if not missing or messages[-1].metadata.sequence.stream >= max(places.values()):
            break
    return len(missing)
