"""Each process's copy of the table of faults, and the function that obeys it at every hook."""

import random
import threading
import time
from collections.abc import Mapping, Sequence

from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from apps.lab.feed import hops
from apps.lab.feed.shown_message import ShownMessage, shown_message
from apps.lab.models import Fault
from apps.messaging.hooks import faults

TABLE_READ = "fault.known"
"""The hop by which a process says that it has read the table again."""
FRESH_FOR = 0.5
"""Seconds after which a process without a heartbeat reads the table again."""


class FaultCache:
    """This process's copy of the table; `read` replaces all of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._read_at = 0.0
        self.reads_by_itself = False

    def read(self) -> None:
        """Read the table. Raises the database's errors."""
        self._faults = list(Fault.objects.filter(until__gt=timezone.now()))
        self._read_at = time.monotonic()

    def set_at(self) -> list[float]:
        """Return when each fault was set, in Unix seconds."""
        return [each.set_at.timestamp() for each in self._faults]

    def at(self, point: str) -> list[Fault]:
        """Return the faults that are on at a hook."""
        if self.reads_by_itself and time.monotonic() - self._read_at > FRESH_FOR:
            self._read_in_this_thread()
        here = [each for each in self._faults if each.point == point]
        return [each for each in here if each.until > timezone.now()]

    def any(self) -> bool:
        """Return whether a fault is on at any hook."""
        return any(each.until > timezone.now() for each in self._faults)

    def _read_in_this_thread(self) -> None:
        # One thread reads; the others use the copy as it is.
        if self._lock.acquire(blocking=False):
            try:
                self.read()
            except (DatabaseError, InterfaceError):
                self._read_at = time.monotonic()
            finally:
                self._lock.release()


FAULT_CACHE = FaultCache()


def read() -> None:
    """Read the table, and report it if it has changed.

    A worker reads at each heartbeat, and when a change is announced.
    """
    before = FAULT_CACHE.set_at()
    FAULT_CACHE.read()
    if (now := FAULT_CACHE.set_at()) != before:
        hops.report_now(TABLE_READ, ShownMessage(attributes={"newest": max(now, default=0.0)}))


def read_when_asked() -> None:
    """Let any thread read the table when it needs it: `web` has no heartbeat."""
    FAULT_CACHE.reads_by_itself = True


def may_break() -> bool:
    """Return whether a fault of the table is on, so that `act` may apply it."""
    return FAULT_CACHE.any()


def act(point: str, messages: Sequence[object], attributes: Mapping[str, object]) -> bool:
    """Apply a fault at a hook, or report the messages there; True if the next step is left out.

    The lab attaches it to every hook. A fault that hits one message of a batch acts on the batch.
    """
    here = [shown_message(each, attributes) for each in messages]
    for fault in FAULT_CACHE.at(point):
        for each in here or [ShownMessage()]:
            if _strikes(fault, each):
                hops.report_now(point, each, fault=fault.action)
                return faults.strike(point, fault.action, seconds=fault.seconds)
    hops.report(point, here)
    return False


def _strikes(fault: Fault, here: ShownMessage) -> bool:
    if fault.consumer and fault.consumer != here.consumer:
        return False
    if fault.first is not None and here.attempt > fault.first:
        return False
    if fault.trace and fault.trace != hops.trace_at(here):
        return False
    return random.random() < fault.rate
