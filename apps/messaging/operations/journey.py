"""The way of one key through outbox, stream and consumers, read from the tables only."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.messaging.models import InboxEntry, OutboxMessage

_TRACEPARENT = re.compile(r'"traceparent": "00-([0-9a-f]{32})-')


@dataclass(frozen=True, kw_only=True)
class JourneyHop:
    """`name` is a subject or a consumer, `at` is when it got there, `detail` its numbers."""

    name: str
    at: datetime
    kind: str
    detail: dict[str, Any]


def journey_of(key: str) -> list[JourneyHop]:
    """Return the hops of `key`, oldest first: recorded, sent, handled by each consumer.

    Sent rows are kept for a day and inbox entries for two weeks; older journeys lose hops.
    """
    hops: list[JourneyHop] = []
    subjects: dict[str, str] = {}
    for row in OutboxMessage.objects.filter(key=key):
        subjects[str(row.message_id)] = row.destination
        hops.append(_hop("recorded", row.destination, row.recorded_at))
        if row.sent_at:
            hops.append(_hop("sent", row.destination, row.sent_at, sequence=row.stream_sequence))
    for entry in InboxEntry.objects.filter(key=key):
        subject = subjects.get(entry.message_id)
        hops.append(_hop("handled", entry.consumer, entry.handled_at, subject=subject))
    return sorted(hops, key=lambda hop: hop.at)


def traces_of(key: str) -> list[str]:
    """Return the ids of the traces in which messages of `key` were recorded, oldest first."""
    rows = OutboxMessage.objects.filter(key=key).order_by("id").values_list("headers", flat=True)
    found = (_TRACEPARENT.search(headers) for headers in rows)
    return list(dict.fromkeys(match[1] for match in found if match))


def _hop(kind: str, name: str, at: datetime, **detail: Any) -> JourneyHop:
    known = {field: value for field, value in detail.items() if value is not None}
    return JourneyHop(kind=kind, name=name, at=at, detail=known)
