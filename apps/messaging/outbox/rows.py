"""The rows that the outbox relay has claimed, and the outcome of each."""

import json
import math
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from apps.messaging.errors import MessageUnreadable
from apps.messaging.message import MESSAGE_ID


@dataclass(frozen=True)
class RowLease:
    """The lease of claimed rows, by two clocks.

    One clock cannot be set back, and the other continues while the machine is paused.
    """

    by_monotonic_clock: float = math.inf
    by_wall_clock: float = math.inf

    @classmethod
    def of(cls, length: timedelta) -> "RowLease":
        """Return a lease that begins now."""
        seconds = length.total_seconds()
        return cls(time.monotonic() + seconds, time.time() + seconds)

    @property
    def is_over(self) -> bool:
        """Return whether another relay may have the rows by now."""
        return time.monotonic() >= self.by_monotonic_clock or time.time() >= self.by_wall_clock


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A row that this relay has until the lease ends; headers and body are the stored text."""

    id: int
    message_id: uuid.UUID
    transport: str
    destination: str
    key: str
    headers: str
    body: str
    waited: timedelta | None = None
    """The time since its destination first was away; None for a row that was not tried before."""
    lease: RowLease = RowLease()

    def named_headers(self) -> dict[str, str]:
        """Return the headers by name. Raises `MessageUnreadable`."""
        try:
            headers = json.loads(self.headers)
        except (ValueError, RecursionError) as error:
            raise MessageUnreadable(f"its headers are no JSON: {error}") from error
        if not isinstance(headers, dict) or not set(map(type, headers.values())) <= {str}:
            raise MessageUnreadable("its headers are no object of texts")
        return headers

    def published_headers(self) -> dict[str, str]:
        """Return the headers of its publish, with its id. Raises `MessageUnreadable`.

        Headers of a batch are ours: a row that brings some would end or begin a batch itself.
        """
        headers = self.named_headers()
        if any(name.startswith("Nats-Batch-") for name in headers):
            raise MessageUnreadable("its headers are those of an atomic batch")
        return headers | {MESSAGE_ID: str(self.message_id)}


class Batch(NamedTuple):
    """The rows of one claim, and the fencing token by which they are marked."""

    token: str
    rows: list[Claimed]


@dataclass(frozen=True)
class Sent:
    """The broker has it; `stream` and `sequence` are its place, None on SQS."""

    sequence: int | None = None
    stream: str | None = None


@dataclass(frozen=True)
class Rejected:
    """The broker rejects this message: after `MAX_TRIES` it is a dead letter."""

    error: str


@dataclass(frozen=True)
class Postponed:
    """The broker is away, or the lease has ended: the row is tried again at once, without limit."""

    error: str


@dataclass(frozen=True)
class DestinationAway:
    """The broker answers, but this destination is away: the row is tried later, others are sent."""

    error: str


LEASE_ENDED = Postponed("the lease ended before it was sent")

type Outcome = Sent | Rejected | Postponed | DestinationAway
type Publish = Callable[[list[Claimed]], Awaitable[Mapping[int, Outcome]]]


def in_turns(rows: Iterable[Claimed]) -> list[list[Claimed]]:
    """Return the first row of each key, then the second of each, and so on.

    The rows of a turn may be sent in any order; those of a key keep theirs.
    """
    turns: list[list[Claimed]] = []
    seen: Counter[str] = Counter()
    for row in rows:
        if seen[row.key] == len(turns):
            turns.append([])
        turns[seen[row.key]].append(row)
        seen[row.key] += 1
    return turns


def shown_headers(row: Claimed) -> dict[str, str]:
    """Return the headers by name; empty if the stored text is invalid."""
    try:
        return row.named_headers()
    except MessageUnreadable:
        return {}
