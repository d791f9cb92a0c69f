"""The hooks at which figures are taken: lag, redeliveries, retries, dead letters, outbox waits."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from apps.messaging import hooks
from apps.messaging.handling.attempts import A_CRASH_BEGINS, HUNG
from apps.messaging.message import REDRIVE_FOR, REDRIVE_OF
from apps.messaging.metrics.recording import begin, record
from apps.messaging.models import DeadLetter
from apps.messaging.outbox.rows import DestinationAway, Postponed, Rejected, Sent

_OUTCOMES: dict[type, str] = {
    Sent: "sent",
    Rejected: "rejected",
    Postponed: "broker_away",
    DestinationAway: "destination_away",
}
_WITHOUT_TRACEBACK: dict[str, str] = {
    DeadLetter.Transport.OUTBOX: "rejected",  # by its broker
    DeadLetter.Transport.CELERY: "unreadable",  # no task of ours
}
# Of the stored text, as its headers are not parsed again for a figure.
_RECORDED_AT = re.compile(r'"ce-time": ?"([^"]{20,40})"')


type _Take = Callable[[Sequence[Any], Mapping[str, object]], None]


def watch() -> None:
    """Take the figures of this process from now on; a second call changes nothing."""
    if begin():
        hooks.watch_everywhere(at_point)


def at_point(point: str, messages: Sequence[Any], attributes: Mapping[str, object]) -> None:
    """Take the figures of this point, if it has any."""
    if take := _TAKEN.get(point):
        take(messages, attributes)


def _event_fetched(deliveries: Sequence[Any], _: Mapping[str, object]) -> None:
    """Lag is that of a first delivery: the delay of a retry is no lag."""
    for each in deliveries:
        if each.attempt > 1:
            record("redeliveries", (each.consumer,), 1)
        elif each.stored_at and REDRIVE_FOR not in each.headers:
            record("lag", (each.consumer,), _seconds_since(each.stored_at))


def _job_received(jobs: Sequence[Any], _: Mapping[str, object]) -> None:
    for each in jobs:
        if each.attempt > 1:
            record("redeliveries", (each.queue,), 1)
        elif each.sent_at:
            record("job_age", (each.queue,), _seconds_since(each.sent_at))


def _failed(messages: Sequence[Any], _: Mapping[str, object]) -> None:
    for each in messages:
        record("retries", (each.consumer,), 1)


def _buried(letters: Sequence[Any], attributes: Mapping[str, object]) -> None:
    for letter in letters:
        labels = (letter.transport, letter.consumer, _cause(letter, str(attributes["reason"])))
        record("buried", labels, 1)


def _cause(letter: DeadLetter, reason: str) -> str:
    """Return one of six words: a reason itself may contain what a stranger has sent."""
    if reason.startswith(A_CRASH_BEGINS):
        return "crashed"
    if reason.startswith(HUNG):
        return "hung"
    if "MessageUnreadable: " in letter.traceback or "UnknownVersion: " in letter.traceback:
        return "unreadable"
    if letter.traceback:
        return "failed"
    return _WITHOUT_TRACEBACK.get(letter.transport, "undelivered")


def _published(rows: Sequence[Any], attributes: Mapping[str, Any]) -> None:
    for row in rows:
        redriven = REDRIVE_FOR in row.headers or REDRIVE_OF in row.headers
        # A redriven message keeps its first time.
        if not redriven and (found := _RECORDED_AT.search(row.headers)):
            _outbox_wait(row.transport, found[1])
    transport, outcomes = attributes["outcomes"]
    for kind, name in _OUTCOMES.items():
        if count := sum(isinstance(each, kind) for each in outcomes.values()):
            record("published", (transport, name), count)


def _outbox_wait(transport: str, recorded_at: str) -> None:
    try:
        seconds = _seconds_since(datetime.fromisoformat(recorded_at))
    except (ValueError, TypeError):  # Somebody has written the row by hand.
        return
    record("outbox_wait", (transport,), seconds)


def _seconds_since(moment: datetime) -> float:
    """Return them by this machine's clock. Raises `TypeError` if the time has no zone."""
    return (datetime.fromtimestamp(time.time(), UTC) - moment).total_seconds()


_TAKEN: dict[str, _Take] = {
    "consumer.fetched": _event_fetched,
    "consumer.failed": _failed,
    "job.received": _job_received,
    "job.failed": _failed,
    "letter.buried": _buried,
    "relay.published": _published,
}
