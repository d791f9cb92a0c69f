"""Lifecycle of one worker process: start, readiness, progress, pause and stop."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from django.dispatch import Signal

from apps.messaging.worker.time_limits import Work

beats = Signal()
"""Sent at each sign of life, in a thread of its own; the sender is the `Heartbeat`."""


async def _keep(hung: Sequence[Work]) -> None:
    """Give nothing back: the messages of this loop are redelivered anyway, or never."""


class Worker:
    """One process instance of a worker. `workers/runner.py` makes it; loops only use it.

    A loop sets `give_back`: before the process ends because of hanging work, it gives its other
    messages in flight back to the broker.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.stopping = asyncio.Event()
        self.is_ready = False
        self.pause_reason = ""
        self.last_step = time.monotonic()
        self.failure: str | None = None
        self.on_change: Callable[[], None] = lambda: None
        self.give_back: Callable[[Sequence[Work]], Awaitable[None]] = _keep

    def ready(self) -> None:
        """Report that the loop is subscribed, bound or otherwise able to take work."""
        was_ready, self.is_ready = self.is_ready, True
        self.step()
        if not was_ready:
            self.on_change()

    def report_pause(self, reason: str) -> None:
        """Report that the loop takes no work for a while, and why; "" means that it goes on."""
        was_paused_by, self.pause_reason = self.pause_reason, reason
        if was_paused_by != reason:
            self.on_change()

    def not_ready(self) -> None:
        """Report that the loop has lost its broker for now."""
        was_ready, self.is_ready = self.is_ready, False
        if was_ready:
            self.on_change()

    def step(self) -> None:
        """Record progress: a unit of work is done, or there was none.

        Liveness checks how long ago this was.
        """
        self.last_step = time.monotonic()

    def stop(self) -> None:
        """Ask the loop to end in order."""
        self.stopping.set()

    def fail(self, reason: str) -> None:
        """Stop, and let the process end non-zero so that it is started again."""
        self.failure = self.failure or reason
        self.stopping.set()

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds, or until the worker must stop."""
        # Not `asyncio.sleep`, which would delay the stop.
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)
