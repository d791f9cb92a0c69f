"""The slots of a worker: threads that handle the received jobs, each of them one at a time.

A thread that is kept has its database connection already, and goes on to the next job while the
event loop settles the one before. For an empty job each of these takes longer than the job.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from django.db import close_old_connections

from apps.messaging.handling.database import DatabaseAway, forget_connection
from apps.messaging.handling.verdicts import Ack, Verdict
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.gathering import Gathering
from apps.messaging.worker.threads import KeptThreads

LONGEST_WAIT_SECONDS = 5.0
"""If no slot gets free within this time, the jobs that wait here are left to other workers."""


class Handled(NamedTuple):
    """A job with its verdict, or with the outage in which there was none; how long it took."""

    job: ReceivedJob
    outcome: Verdict | DatabaseAway
    seconds: float


class Slots:
    """The jobs that wait in this process, and those that its threads handle."""

    def __init__(self, count: int, deliver: Callable[[ReceivedJob], Verdict]) -> None:
        # The threads share these without a lock: each access is one atomic call.
        self.waiting: deque[ReceivedJob] = deque()
        self.begun: set[ReceivedJob] = set()
        self.taken = 0
        self._last_began = time.monotonic()
        self._deliver = deliver
        self._threads = KeptThreads(count, name="job")
        self._any_waiting = asyncio.Event()

    def put(self, job: ReceivedJob) -> None:
        """Let the next free slot handle this job."""
        if not self.waiting:
            self._last_began = time.monotonic()  # Nothing waited for it before.
        self.waiting.append(job)
        self._any_waiting.set()

    async def until_any_waits(self) -> None:
        """Wait until there is a job to begin."""
        while not self.waiting:
            self._any_waiting.clear()
            await self._any_waiting.wait()

    @contextmanager
    def one_taken(self) -> Iterator[None]:
        """Count a slot as taken in the block: also while its last job is settled."""
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1

    async def handle(self, *, while_true: Callable[[], bool]) -> AsyncIterator[list[Handled]]:
        """Handle waiting jobs in one thread, as long as `while_true` holds; yield them when done.

        Those of a moment are yielded together. Ends after a verdict that is no `Ack`: the caller
        settles it before another job begins here.
        """
        done = Gathering[Handled]()
        ended = self._threads.run(partial(self._handle_in_thread, while_true, done))
        # In the event loop, and so after the last `put` of the thread.
        ended.add_done_callback(lambda _: done.end())
        while handled := await done.take():
            yield handled
        # What the thread raises is a bug, and ends the worker.
        await ended

    def _handle_in_thread(self, while_true: Callable[[], bool], done: Gathering[Handled]) -> None:
        try:
            while while_true() and (job := self._next()):
                handled = self._handled(job)
                is_done = isinstance(handled.outcome, Ack)
                done.put(handled, is_urgent=not is_done)
                if not is_done:
                    break
        finally:
            close_old_connections()

    def _next(self) -> ReceivedJob | None:
        try:
            return self.waiting.popleft()
        except IndexError:  # Another slot was quicker.
            return None

    def _handled(self, job: ReceivedJob) -> Handled:
        self.begun.add(job)
        self._last_began = began = time.monotonic()
        outcome: Verdict | DatabaseAway
        try:
            close_old_connections()  # Before each job: that is after the one before, too.
            outcome = self._deliver(job)
        except DatabaseAway as away:
            forget_connection()
            outcome = away
        finally:
            self.begun.remove(job)
        return Handled(job, outcome, time.monotonic() - began)

    @property
    def stand_still(self) -> bool:
        """Return whether jobs wait for others that take longer than was expected."""
        return bool(self.waiting) and time.monotonic() > self._last_began + LONGEST_WAIT_SECONDS

    def take_back(self) -> list[ReceivedJob]:
        """Return the jobs that have not begun: the caller gives them back."""
        taken = []
        while job := self._next():
            taken.append(job)
        return taken

    def end(self) -> None:
        """Let the threads end after their present jobs."""
        self._threads.end()
