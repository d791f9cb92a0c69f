"""Failed attempts at a message: each is recorded; a redrive starts the count again.

The count is by what happened here and not by deliveries: a worker that dies takes along the
deliveries of all that it had fetched, whose fault it was not. It is a count of one message at one
consumer: its sender chose the id, and may give it to others, so that its identity counts as well
(`dead_letters.identity_of`). Attempts from before version 0007 of the tables have none, and count
for each message of their id.
"""

import traceback
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.db.models import Max, Min, Q, QuerySet
from django.utils import timezone

from apps.messaging.handling.dead_letters import storable
from apps.messaging.models import DeadLetter, FailedDelivery

CRASHED = "the worker died while it had this message in hand"
"""What a crash marker says; a poison message is known by as many of them as it had tries."""
HUNG = "the handler hung"
REFUSED = (DatabaseError, InterfaceError)
"""What a statement may raise that has nothing wrong in it; PostgreSQL's read-only is an
`InternalError`, a right that was taken away a `ProgrammingError`."""

_markers: set[int] = set()
"""Crash markers of what this process handles now."""
_false_markers: deque[int] = deque()
"""Rows that this process, which lives, could not take away: the database was gone by then."""


def record(*, consumer: str, message_id: str, identity: str = "", error: Exception) -> None:
    """Record a failed attempt with its error and traceback. Raises as any statement does."""
    delete_false_markers()
    FailedDelivery.objects.create(
        consumer=consumer,
        message_id=message_id,
        identity=identity,
        error=storable(f"{type(error).__name__}: {error}"),
        traceback=storable("".join(traceback.format_exception(error))),
    )


def failed(*, consumer: str, message_id: str, identity: str = "") -> QuerySet[FailedDelivery]:
    """Return every failed attempt at a message, the first one first."""
    of_its_id = FailedDelivery.objects.filter(consumer=consumer, message_id=message_id)
    return of_its_id.filter(identity__in={identity, ""}).order_by("id")


def failed_of(letter: DeadLetter) -> QuerySet[FailedDelivery]:
    """Return the same of a message that was given up."""
    return failed(
        consumer=letter.consumer, message_id=letter.message_id, identity=letter.identity or ""
    )


def count(*, consumer: str, message_id: str, identity: str = "") -> int:
    """Return how many have failed, since the last redrive where there was one."""
    return _since_redrive(consumer=consumer, message_id=message_id, identity=identity).count()


def had_their_time(*, consumer: str, message_id: str, identity: str = "") -> bool:
    """Say whether the first of those was long enough ago for an outage to have ended."""
    since = _since_redrive(consumer=consumer, message_id=message_id, identity=identity)
    first = since.aggregate(first=Min("failed_at"))["first"]
    wanted = timedelta(seconds=settings.RETRIES.events_for)
    return first is not None and timezone.now() - first >= wanted


def ended_its_process(*, consumer: str, message_id: str, identity: str = "", times: int) -> str:
    """Return how a message ended its process the last time, where it did so that often; else "".

    Such a message costs a process each time: it is not tried for an hour, as others are.
    """
    counted = _since_redrive(consumer=consumer, message_id=message_id, identity=identity)
    ends = counted.filter(Q(error=CRASHED) | Q(error__startswith=HUNG))
    errors = list(ends.order_by("-id").values_list("error", flat=True)[:times])
    return errors[0] if len(errors) >= times else ""


def record_hang(
    *, consumer: str, message_id: str, identity: str = "", seconds: float, stack: str
) -> None:
    """Record an attempt that took longer than it may; `stack` is where the handler stood."""
    FailedDelivery.objects.create(
        consumer=consumer,
        message_id=message_id,
        identity=identity,
        error=f"{HUNG}: not done within {seconds:g} s, so its process was ended",
        traceback=storable(stack),
    )


def crash_markers() -> list[int]:
    """Return the markers that would be left, if this process ended now."""
    return [*_markers, *_false_markers]


def delete_crash_markers(rows: Iterable[int]) -> None:
    """Delete them: their process was ended for another message's sake, or is well."""
    FailedDelivery.objects.filter(pk__in=[*rows], error=CRASHED).delete()


@contextmanager
def crash_marked(*, consumer: str, message_id: str, identity: str = "") -> Iterator[None]:
    """Leave a crash marker behind where the process dies inside; a block that ends leaves none."""
    marker = FailedDelivery.objects.create(
        consumer=consumer, message_id=message_id, identity=identity, error=CRASHED, traceback=""
    )
    pk = marker.pk
    _markers.add(pk)
    try:
        yield
    finally:
        try:
            marker.delete()
        except REFUSED:
            # No worker died here, and no letter may ever say so.
            _false_markers.append(pk)
            raise
        finally:
            _markers.discard(pk)


def delete_false_markers() -> None:
    """Delete what `crash_marked` could not. Raises as any statement does while it still cannot."""
    while _false_markers:
        pk = _false_markers[0]
        FailedDelivery.objects.filter(pk=pk).delete()
        if pk in _false_markers:  # Another thread may have been quicker.
            _false_markers.remove(pk)


def _since_redrive(*, consumer: str, message_id: str, identity: str) -> QuerySet[FailedDelivery]:
    counted = failed(consumer=consumer, message_id=message_id, identity=identity)
    letter = DeadLetter.objects.filter(consumer=consumer, identity=identity)
    redriven_at = letter.aggregate(last=Max("redriven_at"))["last"]
    return counted.filter(failed_at__gt=redriven_at) if redriven_at else counted
