"""The rows that the outbox relay has claimed, and the outcome of each: sent, refused, postponed."""

import json
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from apps.messaging import seams


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A row that is ours until the lease ends; headers and body are the text that was stored."""

    id: int
    message_id: uuid.UUID
    destination: str
    key: str
    headers: str
    body: str


@dataclass(frozen=True)
class Sent:
    """The broker has it; `sequence` is its place in the stream, None on SQS."""

    sequence: int | None = None


@dataclass(frozen=True)
class Refused:
    """The broker will not take this message: after `MAX_TRIES` a dead letter."""

    error: str


@dataclass(frozen=True)
class Postponed:
    """The broker is away, slow or full: not the row's fault, and tried for ever."""

    error: str


type Outcome = Sent | Refused | Postponed
type Publish = Callable[[list[Claimed]], Awaitable[Mapping[int, Outcome]]]


def passing(
    rows: Sequence[Claimed], lane: str, sent: Mapping[int, Sent] | None = None
) -> list[seams.Passing]:
    """Describe rows, or those of them that were sent, to whoever watches the seam."""
    if not seams.is_watched():
        return []
    return [
        seams.Passing(
            channel=row.destination,
            holder=lane,
            message_id=str(row.message_id),
            key=row.key,
            headers=json.loads(row.headers),
            body=row.body,
            facts={"sequence": sent[row.id].sequence} if sent else {},
        )
        for row in rows
        if sent is None or row.id in sent
    ]
