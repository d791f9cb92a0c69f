"""Counts lost events: the outbox has sent them, and the stream does not have them any more.

A stream may lose its newest messages (a machine's crash), be purged, be restored from an older
copy, or be deleted and created again. No error shows it, and consumers never get these events.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q
from django.db.models.functions import Now

from apps.messaging.events.streams import Stream
from apps.messaging.recovery.resend import SKEW, of_stream, sent_events

LOOK_EVERY_SECONDS = 60
"""It reads all rows that are kept, which takes about a second for 200,000 of them."""
SETTLED = timedelta(seconds=10)
"""Events sent since then do not count: the known state of the stream may be older than they are."""


def losses(states: Iterable[dict[str, Any]], *, declared: Iterable[Stream]) -> dict[str, int]:
    """Return name of a stream → how many events it has lost.

    `states` are the streams of `jetstream_state`. Messages that a stream deletes by its limits do
    not count.
    """
    by_name = {stream.name: stream for stream in declared if stream.discard == "new"}
    return {
        state["name"]: _lost(by_name[state["name"]], state)
        for state in states
        if state["name"] in by_name and "error" not in state
    }


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


def _lost(stream: Stream, state: dict[str, Any]) -> int:
    key = f"lost:{stream.name}:{state['first_sequence']}"
    found: int | None = cache.get(key)
    if found is None:
        found = _count(stream, state)
        cache.set(key, found, LOOK_EVERY_SECONDS)
    return found


def _count(stream: Stream, state: dict[str, Any]) -> int:
    gone = Q(stream_sequence__gt=state["last_sequence"])
    gone |= Q(stream_sequence__lt=state["first_sequence"])
    if state["made_at"]:
        gone |= Q(sent_at__lt=datetime.fromisoformat(state["made_at"]) - SKEW)
    rows = sent_events().filter(of_stream(stream), sent_at__lt=Now() - SETTLED)
    counts = rows.filter(stream_sequence__isnull=False).aggregate(
        gone=Count("id", filter=gone),
        held=Count("id", filter=~gone),
        # Two events with one sequence: the stream had lost the older before it stored the younger.
        places=Count("stream_sequence", filter=~gone, distinct=True),
    )
    return int(counts["gone"] + counts["held"] - counts["places"])
