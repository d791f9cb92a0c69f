"""Finds lost events: the outbox has sent them, and the stream does not have them any more.

A stream may lose its newest messages (a machine's crash), be purged, be restored from an older
copy, or be deleted and created again; a message in its middle may be deleted. Other messages may
have taken the places since. No error shows it, and consumers never get these events.
"""

import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import DurationField, ExpressionWrapper, F, QuerySet
from django.db.models.functions import Now
from nats.aio.client import Client
from nats.js.api import StreamState
from nats.js.errors import NotFoundError

from apps.messaging.events.streams import Stream, declared_streams
from apps.messaging.recovery.resend import sent_events
from apps.messaging.recovery.stream_comparison import BEGINNING, compare, rows_of
from apps.messaging.recovery.stream_reading import StreamMissing, call
from apps.messaging.stream_check import StreamCheck

OVERLAP = timedelta(minutes=1)
"""A transaction that marks rows as sent may commit after younger ones, but not so much later."""
WHOLE_EVERY = timedelta(hours=6)
"""All rows are compared this often, even if nothing looks wrong."""
STALE = timedelta(minutes=5)
"""Beat asks for a check each minute. An older one does not show the present state."""
LONGEST_SECONDS = 10.0
"""A check stops then, and the next one goes on: SQS would deliver a longer task again."""
STORED = ("lost", "sent_until", "deleted", "whole_at", "next_sent_at", "next_id", "lost_so_far")


def watched_streams() -> list[Stream]:
    """Return the counted streams that delete no message to make room."""
    declared = [each for each in declared_streams() if each.discard == "new"]
    return [each for each in declared if each.name not in settings.STATUS_OMITS]


def check(stream: Stream) -> int:
    """Return how many events the stream has lost, and store it for the status.

    It compares the rows that were sent since the last check, and in the minute before: while these
    are at their places, no older place was assigned again. If one is not there, or if messages of
    the beginning or the middle are gone, it compares all rows. Raises `BrokerAway`.
    """
    last = _with_ages().filter(stream=stream.name).first() or StreamCheck(stream=stream.name)
    state = call(lambda nc: _state(nc, stream))
    deadline = time.monotonic() + LONGEST_SECONDS
    last.lost = max(last.lost, _compare_new(stream, last, deadline))
    if last.next_sent_at is None:
        if last.lost or _has_lost_older_ones(stream, last, state) or _is_due(last):
            last.next_sent_at, last.next_id, last.lost_so_far = BEGINNING, 0, 0
        last.deleted = state.num_deleted or 0
    if last.next_sent_at is not None:
        _compare_all(stream, last, deadline)
    _store(last)
    return last.lost


def is_complete(stream: Stream) -> bool:
    """Return whether the last check has compared all that it had to, and found no loss."""
    return StreamCheck.objects.filter(stream=stream.name, lost=0, next_sent_at=None).exists()


def found() -> dict[str, dict[str, float]]:
    """Return what the last check has found: stream → how many `lost`, and the age of the check."""
    return {
        last.stream: {"lost": last.lost, "lost_age": round(last.age.total_seconds(), 1)}
        for last in _with_ages()
    }


def unchecked() -> list[str]:
    """Return the streams whose last check is too old, or which have old events and no check."""
    fresh = StreamCheck.objects.filter(checked_at__gt=Now() - STALE).values_list(
        "stream", flat=True
    )
    names = {each.name for each in watched_streams()} - set(fresh)
    if names and sent_events().filter(sent_at__lt=Now() - STALE).exists():
        return sorted(names)
    return []


def add_places_ahead(
    consumers: Iterable[dict[str, Any]], *, streams: Iterable[dict[str, Any]]
) -> None:
    """Add to the state of each durable how many messages it is `ahead` of its stream.

    Both are the rows of `jetstream_state`.
    """
    last = {state["name"]: state["last_sequence"] for state in streams if "error" not in state}
    for consumer in consumers:
        if consumer.get("stream") in last:
            consumer["ahead"] = max(consumer["last_sequence"] - last[consumer["stream"]], 0)


def _with_ages() -> QuerySet[Any]:
    ages = {"age": Now() - F("checked_at"), "whole_age": Now() - F("whole_at")}
    fields = {
        name: ExpressionWrapper(age, output_field=DurationField()) for name, age in ages.items()
    }
    return StreamCheck.objects.annotate(**fields)


async def _state(nc: Client, stream: Stream) -> StreamState:
    jetstream = nc.jetstream(timeout=settings.LONGEST_TIMES.nats_call)
    try:
        return (await jetstream.stream_info(stream.name)).state
    except NotFoundError as error:
        raise StreamMissing(f"there is no stream {stream.name}") from error


def _has_lost_older_ones(stream: Stream, last: StreamCheck, state: StreamState) -> bool:
    if (state.num_deleted or 0) > last.deleted:
        return True
    oldest = rows_of(stream).first()
    return oldest is not None and (oldest.stream_sequence or 0) < state.first_seq


def _store(last: StreamCheck) -> None:
    fields = {each: getattr(last, each) for each in STORED}
    StreamCheck.objects.update_or_create(
        stream=last.stream, defaults=fields | {"checked_at": Now()}
    )


def _is_due(last: Any) -> bool:
    return last.whole_at is None or last.whole_age > WHOLE_EVERY


def _compare_new(stream: Stream, last: StreamCheck, deadline: float) -> int:
    """Compare the rows that were sent since the last check; all later ones count from now on."""
    if last.sent_until is None:
        last.sent_until = rows_of(stream).values_list("sent_at", flat=True).last()
        return 0
    new = compare(stream, (last.sent_until - OVERLAP, 0), deadline)
    if new.end is not None:
        last.sent_until = new.end.sent_at
    return new.missing


def _compare_all(stream: Stream, last: StreamCheck, deadline: float) -> None:
    """Go on with the comparison of all rows; what it has found counts when it has read all."""
    assert last.next_sent_at is not None
    found = compare(stream, (last.next_sent_at, last.next_id), deadline)
    last.lost_so_far += found.missing
    if found.is_complete:
        last.lost, last.next_sent_at, last.whole_at = last.lost_so_far, None, Now()
    elif found.end is not None:
        last.lost = max(last.lost, last.lost_so_far)
        last.next_sent_at, last.next_id = found.end.sent_at, found.end.pk
