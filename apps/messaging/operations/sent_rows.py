"""Sent rows of the outbox: they are kept for a day, and until each durable has had their event.

If the stream is lost, or has deleted an event as too old, only these rows have it.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from apps.messaging.errors import BrokerAway
from apps.messaging.events.streams import Consumer, Stream, consumers_of, declared_consumers
from apps.messaging.models import DeadLetter, InboxEntry, OutboxMessage
from apps.messaging.recovery.resend import deleted_by_age, of_stream, sent_events
from apps.messaging.recovery.stream_losses import check, is_complete, watched_streams
from apps.messaging.recovery.stream_reading import call

SENT_KEPT = timedelta(hours=24)
"""So long a stream that lost events can be filled again from the outbox, even with handled ones."""
PRUNED_BY = SENT_KEPT + timedelta(hours=2)
"""Beat prunes each minute: a row that is older than this was kept for a durable, unless the
clean-up lags (its log says so)."""
MOST_COUNTED = 1000
"""One row is an alarm; to count a million at each status would take too long."""
CHUNK_ROWS = 5000

logger = logging.getLogger(__name__)


class Waiting(NamedTuple):
    """A durable, and the condition for rows whose event it may not have had."""

    durable: str
    rows: Q


def waiting() -> list[Waiting]:
    """Return what each durable waits for."""
    return [
        each
        for stream in watched_streams()
        if _old().filter(of_stream(stream)).exists()
        for each in _waiting_for(stream)
    ]


def unneeded(durables: Sequence[Waiting]) -> QuerySet[OutboxMessage]:
    """Return the rows that were sent more than a day ago, and that no durable waits for."""
    return _old().exclude(_any(durables)) if durables else _old()


def had(durables: Sequence[Waiting]) -> Iterator[list[int]]:
    """Yield chunks of rows that durables wait for by their place, and have handled or buried.

    It ends at the first chunk without one, so that rows of a durable that is away for days are not
    all read each time.
    """
    kept, last = _old().filter(_any(durables)).order_by("id"), 0
    while durables:
        ids = list(kept.filter(id__gt=last).values_list("id", flat=True)[:CHUNK_ROWS])
        lacking = [_not_had(each, ids) for each in durables]
        found = set(ids).difference(*lacking)
        if not found:
            return
        yield sorted(found)
        last = ids[-1]


def count_kept() -> int:
    """Return how many events are kept for a durable; 1,000 stands for more."""
    # In this order, because the index has it: else PostgreSQL may look through the whole table.
    return _late().order_by("sent_at")[:MOST_COUNTED].count()


def kept_for() -> list[str]:
    """Return the durables that have not had the oldest of these events."""
    oldest = list(_late().order_by("sent_at").values_list("id", flat=True)[:1])
    durables = [Waiting(each.durable, _of(each)) for each in declared_consumers()]
    return [each.durable for each in durables if oldest and _not_had(each, oldest)]


def _late() -> QuerySet[OutboxMessage]:
    return sent_events().filter(sent_at__lt=Now() - PRUNED_BY)


def _old() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(sent_at__lt=Now() - SENT_KEPT)


def _any(durables: Sequence[Waiting]) -> Q:
    condition = Q()
    for each in durables:
        condition |= each.rows
    return condition


def _of(consumer: Consumer) -> Q:
    rows = of_stream(consumer.stream) & Q(transport=OutboxMessage.Transport.JETSTREAM)
    if consumer.all_subjects:
        return rows
    return rows & Q(destination__in=sorted(event.subject for event in consumer.handlers))


def _waiting_for(stream: Stream) -> Iterator[Waiting]:
    consumers = consumers_of([stream])
    floors = _ack_floors(stream, consumers)
    for each in consumers:
        unsettled = Q(stream_sequence__gt=floors[each.durable])
        # The floor also passes messages that the stream deletes as too old.
        yield Waiting(each.durable, _of(each) & (unsettled | deleted_by_age(stream)))


def _ack_floors(stream: Stream, consumers: list[Consumer]) -> dict[str, int]:
    """Return the place up to which each durable has settled all; 0 if that is not known."""
    unknown = dict.fromkeys((each.durable for each in consumers), 0)
    try:
        floors = call(lambda nc: _floors(nc, stream, consumers))
        check(stream)
    except BrokerAway as error:
        logger.warning("sent rows kept", extra={"stream": stream.name, "error": str(error)})
        return unknown
    # After a loss the places of rows and durables are those of different streams. The floors are
    # older than the check, so that they are of the stream that it has seen.
    return unknown | floors if is_complete(stream) else unknown


async def _floors(nc: Client, stream: Stream, consumers: list[Consumer]) -> dict[str, int]:
    jetstream = nc.jetstream(timeout=settings.LONGEST_TIMES.nats_call)
    floors = {}
    for each in consumers:
        try:
            info = await jetstream.consumer_info(stream.name, each.durable)
        except NotFoundError:
            continue
        floors[each.durable] = info.ack_floor.stream_seq if info.ack_floor else 0
    return floors


def _not_had(durable: Waiting, ids: list[int]) -> set[int]:
    """Return the rows that the durable waits for, and that are no entry or dead letter of it."""
    rows = OutboxMessage.objects.filter(durable.rows, id__in=ids).values_list("message_id", "id")
    lacking = {str(message_id): id for message_id, id in rows}
    for found in (InboxEntry.objects, DeadLetter.objects):
        had = found.filter(consumer=durable.durable, message_id__in=list(lacking))
        for message_id in had.values_list("message_id", flat=True):
            lacking.pop(message_id, None)
    return set(lacking.values())
