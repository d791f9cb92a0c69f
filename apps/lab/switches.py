"""Faults as each process knows them: read from the one table, struck at the seam's points."""

import random
import threading
import time
from collections.abc import Sequence

from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from apps.lab import hops
from apps.lab.models import Fault
from apps.messaging import faults
from apps.messaging.seams import Passing

KNOWN = "fault.known"
"""Told when a process has read the table anew: from then on it obeys."""
SOON = 0.5


class _Known:
    """This process's copy of the table."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._read_at = 0.0
        self.reads_by_itself = False

    def read(self) -> None:
        faults = list(Fault.objects.filter(until__gt=timezone.now()))
        self._faults, self._read_at = faults, time.monotonic()

    def stamps(self) -> list[float]:
        return [each.set_at.timestamp() for each in self._faults]

    def of(self, point: str) -> list[Fault]:
        if self.reads_by_itself and time.monotonic() - self._read_at > SOON:
            self._read_in_this_thread()
        now = timezone.now()
        return [each for each in self._faults if each.point == point and each.until > now]

    def _read_in_this_thread(self) -> None:
        # One thread reads, the others go on with what is known.
        if self._lock.acquire(blocking=False):
            try:
                self.read()
            except (DatabaseError, InterfaceError):
                self._read_at = time.monotonic()
            finally:
                self._lock.release()


_known = _Known()


def read() -> None:
    """Read the table; a worker does so at each beat, and when it is told of a change."""
    before = _known.stamps()
    _known.read()
    if (now := _known.stamps()) != before:
        hops.tell(KNOWN, [Passing(facts={"newest": max(now, default=0.0)})])


def read_when_asked() -> None:
    """Read the table in whatever thread needs it: `web` has no heartbeat."""
    _known.reads_by_itself = True


def act(point: str, passing: Sequence[Passing]) -> bool:
    """What the lab plugs in everywhere: tell what passes, and break what is to be broken."""
    for fault in _known.of(point):
        for each in passing or [Passing()]:
            if _strikes(fault, each):
                hops.tell_at_last(point, each, fault=fault.action)
                return faults.strike(point, fault.action, seconds=fault.seconds)
    hops.tell(point, passing)
    return False


def _strikes(fault: Fault, passing: Passing) -> bool:
    if fault.holder and fault.holder != passing.holder:
        return False
    if fault.first is not None and passing.attempt > fault.first:
        return False
    if fault.trace and fault.trace != hops.trace_at(passing):
        return False
    return random.random() < fault.rate
