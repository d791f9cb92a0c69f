"""Resend: events that were sent are sent again, for a stream that has lost them.

The rows become unsent, and the relay sends them in the order of each key. A consumer skips events
that its inbox has, so that a repeat is harmless.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import batched

from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Now
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig, DeliverPolicy

from apps.messaging.events.streams import Stream, consumers_of, streams_of_events
from apps.messaging.message import MESSAGE_ID
from apps.messaging.models import InboxEntry, OutboxMessage
from apps.messaging.outbox.doubts import row_id
from apps.messaging.recovery.stream_reading import BATCH, StreamMissing, StreamReading

SKEW = timedelta(minutes=5)
"""More than the clocks of the database and of NATS may differ."""

type OnRead = Callable[[int, int], object]
"""Called with how many messages a batch had, and how many are left."""


def sent_events() -> QuerySet[OutboxMessage]:
    """Return the rows of the outbox that a stream has acknowledged."""
    return OutboxMessage.objects.filter(
        transport=OutboxMessage.Transport.JETSTREAM, sent_at__isnull=False
    )


def events_of(stream: Stream) -> QuerySet[OutboxMessage]:
    """Return the sent rows whose messages went into this stream."""
    return sent_events().filter(of_stream(stream), sent_at__lte=Now())


def deleted_by_age(stream: Stream) -> Q:
    """Return the condition for rows whose messages the stream may have deleted as too old."""
    return Q(sent_at__lte=Now() - stream.max_age + SKEW) if stream.max_age else Q(pk__in=())


def of_stream(stream: Stream) -> Q:
    """Return the condition for rows of the outbox that go into this stream."""
    wanted = Q()
    for subject in stream.subjects:
        if subject.endswith(".>") and "*" not in subject:
            wanted |= Q(destination__startswith=subject[:-1])  # Faster, and enough for most.
            continue
        pattern = subject.replace(".", r"\.").replace("*", "[^.]+").replace(">", ".+")
        wanted |= Q(destination__regex=f"^{pattern}$")
    return wanted


def ids_sent_since(since: datetime) -> list[int]:
    """Return the ids of the rows that were sent since then, the oldest first."""
    return list(
        sent_events().filter(sent_at__gte=since).order_by("id").values_list("id", flat=True)
    )


def ids_missing(stream: Stream, *, on_read: OnRead) -> list[int]:
    """Return the rows that were sent and are not in the stream, the oldest first.

    A row that is older than the stream's `max_age` was kept for a durable that has not had it.
    Of a stream that was deleted, all are missing. Raises `BrokerAway`.
    """
    # The rows first: rows that are sent while the stream is read must not count.
    rows = events_of(stream)
    oldest = rows.aggregate(oldest=Min("recorded_at"))["oldest"]
    if oldest is None:
        return []
    sent = rows.order_by("id").values_list("message_id", "id").iterator()
    missing = {str(message_id): id for message_id, id in sent}
    for stored in _stored_ids(stream, since=oldest - SKEW, on_read=on_read):
        missing.pop(stored, None)
    return list(missing.values())


def by_subject(ids: Collection[int]) -> list[tuple[str, int]]:
    """Return each subject with the number of these rows, sorted by subject."""
    counts: dict[str, int] = {}
    for some in batched(ids, BATCH):
        rows = OutboxMessage.objects.filter(id__in=some).values("destination")
        for row in rows.annotate(rows=Count("id")):
            counts[row["destination"]] = counts.get(row["destination"], 0) + row["rows"]
    return sorted(counts.items())


def send_again(ids: Collection[int]) -> Iterator[int]:
    """Make sent rows unsent; yield the number of rows of each batch."""
    for some in batched(ids, BATCH):
        _renew_inbox(some)
        yield (
            sent_events()
            .filter(id__in=some)
            .update(
                sent_at=None,
                stream_sequence=None,
                lease_token="",
                lease_until=None,
                not_before=None,
                postponed_since=None,
            )
        )


def _renew_inbox(ids: Sequence[int]) -> None:
    """Let entries of the inbox outlive the repeated event, which the stream keeps from now on."""
    sent = OutboxMessage.objects.filter(id__in=ids).values_list("message_id", flat=True)
    streams = streams_of_events()
    outlives = timedelta(days=settings.KEPT.inbox) - max(each.max_age for each in streams)
    InboxEntry.objects.filter(
        consumer__in=[each.durable for each in consumers_of(streams)],
        message_id__in=[str(each) for each in sent],
        handled_at__lt=Now() - outlives,
    ).update(handled_at=Now())


def _stored_ids(stream: Stream, *, since: datetime, on_read: OnRead) -> Iterator[str]:
    config = ConsumerConfig(
        deliver_policy=DeliverPolicy.BY_START_TIME, opt_start_time=since, headers_only=True
    )
    try:
        reading = StreamReading(stream.name, config)
    except StreamMissing:
        return
    for messages in reading.batches():
        on_read(len(messages), messages[-1].metadata.num_pending or 0)
        yield from ids_of(messages)


def ids_of(messages: Iterable[Msg]) -> Iterator[str]:
    """Yield the id of the row that each message was published for; empty for a foreign message."""
    return (row_id((each.headers or {}).get(MESSAGE_ID, "")) for each in messages)
