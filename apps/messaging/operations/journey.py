"""The way of one key through outbox, stream and consumers, read from the tables only."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.messaging.hooks.tracing import is_sampled, is_valid
from apps.messaging.models import InboxEntry, OutboxMessage

_TRACEPARENT = re.compile(r'"traceparent": "([^"]+)"')


@dataclass(frozen=True, kw_only=True)
class JourneyHop:
    """`name` is a subject or a consumer, `at` is when it got there, `detail` its numbers.

    A message is `sent` when the relay has noted the acknowledgement: a consumer may be faster.
    """

    name: str
    at: datetime
    kind: str
    detail: dict[str, Any]


def journey_of(key: str) -> list[JourneyHop]:
    """Return the hops of `key` as they followed: recorded, sent, handled by each consumer.

    Sent rows are kept for a day and inbox entries for two weeks; older journeys lose hops.
    """
    hops: list[tuple[datetime, JourneyHop]] = []
    subjects: dict[str, str] = {}
    entries = list(InboxEntry.objects.filter(key=key).order_by("handled_at"))
    first_handled = {entry.message_id: entry.handled_at for entry in reversed(entries)}
    for row in OutboxMessage.objects.filter(key=key):
        subjects[str(row.message_id)] = row.destination
        hops.append((row.recorded_at, _hop("recorded", row.destination, row.recorded_at)))
        if row.sent_at:
            sent = _hop("sent", row.destination, row.sent_at, sequence=row.stream_sequence)
            followed = first_handled.get(str(row.message_id), row.sent_at)
            hops.append((min(row.sent_at, followed), sent))
    for entry in entries:
        subject = subjects.get(entry.message_id)
        handled = _hop("handled", entry.consumer, entry.handled_at, subject=subject)
        hops.append((entry.handled_at, handled))
    return [hop for _, hop in sorted(hops, key=lambda each: each[0])]


def traces_of(key: str) -> dict[str, bool]:
    """Return the ids of the traces in which messages of `key` were recorded, oldest first.

    The value says whether its spans are kept: a trace that is not sampled has only log lines.
    """
    rows = OutboxMessage.objects.filter(key=key).order_by("id").values_list("headers", flat=True)
    found = (_TRACEPARENT.search(headers) for headers in rows)
    traces: dict[str, bool] = {}
    for traceparent in (match[1] for match in found if match and is_valid(match[1])):
        trace = traceparent.split("-")[1]
        traces[trace] = traces.get(trace, False) or is_sampled(traceparent)
    return traces


def _hop(kind: str, name: str, at: datetime, **detail: Any) -> JourneyHop:
    known = {field: value for field, value in detail.items() if value is not None}
    return JourneyHop(kind=kind, name=name, at=at, detail=known)
