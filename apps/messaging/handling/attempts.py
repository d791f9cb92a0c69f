"""Failed attempts at a message: each is recorded; a redrive starts the count again.

Failures of the handler count, not deliveries: when a worker dies, all messages that it had fetched
are delivered again, although they are not the cause. The count is of one message at one consumer.
A sender chooses the id, and may give it to other messages, so the identity counts as well
(`dead_letters.identity_of`). Attempts from before version 0007 of the tables have no identity, and
count for each message of their id.
"""

import traceback
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import DatabaseError, InterfaceError
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Now

from apps.messaging.handling.dead_letters import storable
from apps.messaging.message_at import MessageAt
from apps.messaging.models import DeadLetter, FailedDelivery

A_CRASH_BEGINS = "the worker died while it "
"""Rows of an older release go on with other words."""
CRASHED = f"{A_CRASH_BEGINS}handled this message"
"""The error of a crash marker; a poison message has as many markers as it had attempts."""
HUNG = "the handler hung"
DATABASE_ERRORS = (DatabaseError, InterfaceError)
"""Errors of a database that accepts no statement, also a correct one. PostgreSQL raises an
`InternalError` if it is read-only, and a `ProgrammingError` if a right was revoked."""

_markers: set[int] = set()
"""Crash markers of the messages that this process handles now."""
_false_markers: deque[int] = deque()
"""Crash markers that this process could not delete after the work: the database was away."""


def record(message: MessageAt, error: Exception) -> None:
    """Record a failed attempt with its error and traceback. Raises as any statement does."""
    delete_false_markers()
    FailedDelivery.objects.create(
        **message._asdict(),
        error=storable(f"{type(error).__name__}: {error}"),
        traceback=storable("".join(traceback.format_exception(error))),
    )


def failed(message: MessageAt) -> QuerySet[FailedDelivery]:
    """Return every failed attempt at a message, the first one first."""
    of_its_id = FailedDelivery.objects.filter(
        consumer=message.consumer, message_id=message.message_id
    )
    return of_its_id.filter(identity__in={message.identity, ""}).order_by("id")


def failed_of(letter: DeadLetter) -> QuerySet[FailedDelivery]:
    """Return every failed attempt at a message that was given up, the first one first."""
    return failed(MessageAt(letter.consumer, letter.message_id, letter.identity or ""))


def count(message: MessageAt) -> int:
    """Return how many attempts have failed since the last redrive, or ever if there was none."""
    return _since_redrive(message).count()


def began_before(message: MessageAt, *, seconds: float) -> bool:
    """Return whether the first attempt that counts failed at least `seconds` ago."""
    long_ago = Now() - timedelta(seconds=seconds)
    return _since_redrive(message).filter(failed_at__lte=long_ago).exists()


def ended_its_process(message: MessageAt, *, times: int) -> str:
    """Return how a message last ended its process if it did so `times` times; else "".

    Each attempt at such a message costs a process, so it is not retried for an hour, as others.
    """
    counted = _since_redrive(message)
    ends = counted.filter(Q(error__startswith=A_CRASH_BEGINS) | Q(error__startswith=HUNG))
    errors = list(ends.order_by("-id").values_list("error", flat=True)[:times])
    return errors[0] if len(errors) >= times else ""


def record_hang(message: MessageAt, *, seconds: float, stack: str) -> None:
    """Record an attempt that exceeded its time limit, with the `stack` of the handler."""
    FailedDelivery.objects.create(
        **message._asdict(),
        error=f"{HUNG}: not done within {seconds:g} s, so its process was ended",
        traceback=storable(stack),
    )


def crash_markers() -> list[int]:
    """Return the markers that would be left, if this process ended now."""
    return [*_markers, *_false_markers]


def delete_crash_markers(rows: Iterable[int]) -> None:
    """Delete these markers: their process ended because of another message, or still runs."""
    FailedDelivery.objects.filter(pk__in=[*rows], error__startswith=A_CRASH_BEGINS).delete()


@contextmanager
def crash_marked(message: MessageAt) -> Iterator[None]:
    """Store a crash marker, and delete it at the end: only a process that dies leaves it behind.

    `SystemExit` and the like end the process too, after the block. The marker of such a message
    stays, so that it counts.
    """
    marker = FailedDelivery.objects.create(**message._asdict(), error=CRASHED, traceback="")
    pk = marker.pk
    _markers.add(pk)
    try:
        try:
            yield
        except Exception:
            _delete_or_note(marker)
            raise
        _delete_or_note(marker)
    finally:
        _markers.discard(pk)


def _delete_or_note(marker: FailedDelivery) -> None:
    pk = marker.pk
    try:
        marker.delete()
    except DATABASE_ERRORS:
        # No worker died here, so no dead letter may say that one did.
        _false_markers.append(pk)
        raise


def delete_false_markers() -> None:
    """Delete markers that `crash_marked` could not. Raises any error of the database."""
    while True:
        try:
            # Taken before the statement: another thread deletes others.
            pk = _false_markers.popleft()
        except IndexError:
            return
        try:
            FailedDelivery.objects.filter(pk=pk).delete()
        except DATABASE_ERRORS:
            _false_markers.append(pk)
            raise


def _since_redrive(message: MessageAt) -> QuerySet[FailedDelivery]:
    counted = failed(message)
    letter = DeadLetter.objects.filter(consumer=message.consumer, identity=message.identity)
    redriven_at = letter.aggregate(last=Max("redriven_at"))["last"]
    return counted.filter(failed_at__gt=redriven_at) if redriven_at else counted
