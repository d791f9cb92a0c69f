"""Time limits: the caller of work that may hang sets a limit, and the watchdog checks it.

A thread cannot be stopped from outside, so hanging work ends with its process (`watchdog.py`).
"""

import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

from django.conf import settings

from apps.messaging.hooks.measuring import timed
from apps.messaging.message_at import MessageAt


@dataclass(kw_only=True, eq=False)
class Work:
    """One call in one thread, with its limit in seconds; with its message if it is for one."""

    what: str
    seconds: float
    message: MessageAt | None = None
    thread: int = field(default_factory=threading.get_ident)
    began: float = field(default_factory=time.monotonic)
    waits_since: float | None = None

    @property
    def is_over(self) -> bool:
        """Return whether it exceeds its limit; a wait inside `uncounted` does not count."""
        # The start of the wait, not a flag: work that was late before it waits stays late.
        return (self.waits_since or time.monotonic()) - self.began > self.seconds

    def stack(self) -> str:
        """Return the present stack of the thread; empty if the call has just ended."""
        frame = sys._current_frames().get(self.thread)
        return "".join(traceback.format_stack(frame)) if frame else ""


_at_work: dict[int, Work] = {}


@contextmanager
def at_most(
    seconds: float, what: str, message: MessageAt | None = None, *, figure: str = "handler"
) -> Iterator[None]:
    """Let the watchdog end this process if the block takes longer.

    Its time is measured as `figure`, with `what` as its label; not at all if that is empty.
    """
    work = Work(what=what, seconds=seconds, message=message)
    # By its own id, not by its thread: a thread may have one limit inside another.
    _at_work[id(work)] = work
    try:
        with timed(figure, what) if figure else nullcontext():
            yield
    finally:
        del _at_work[id(work)]


def in_time[**P, R](call: Callable[P, R], seconds: float | None, what: str) -> Callable[P, R]:
    """Return the call with a time limit, by default `HANDLER_SECONDS`."""

    def limited(*args: P.args, **kwargs: P.kwargs) -> R:
        with at_most(seconds or settings.LONGEST_TIMES.handler, what):
            return call(*args, **kwargs)

    return limited


@contextmanager
def uncounted() -> Iterator[None]:
    """Do not count the time of the block, in which this thread waits for something else."""
    mine = [work for work in at_work() if work.thread == threading.get_ident()]
    began = time.monotonic()
    for work in mine:
        work.waits_since = began
    try:
        yield
    finally:
        for work in mine:
            work.began += time.monotonic() - began
            work.waits_since = None


def at_work() -> list[Work]:
    """Return the running work with a time limit, of all threads of this process."""
    return list(_at_work.values())


def overdue() -> list[Work]:
    """Return the work that exceeds its limit, of all threads of this process."""
    return [work for work in at_work() if work.is_over]
