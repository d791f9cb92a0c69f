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

    A worker with several loops gives each a part of itself, with readiness and steps of its own.

    A loop sets `give_back`: before the process ends because of hanging work, it gives its other
    messages in flight back to the broker.
    """

    def __init__(self, name: str, *, whole: "Worker | None" = None) -> None:
        self.name = name
        self.stopping: asyncio.Event = whole.stopping if whole else asyncio.Event()
        self.pause_reason = ""
        self.failure: str | None = None
        self.on_change: Callable[[], None] = lambda: None
        self.give_back: Callable[[Sequence[Work]], Awaitable[None]] = _keep
        self._whole = whole or self
        self._parts: list[Worker] = []
        self._is_ready = False
        self._last_step = time.monotonic()

    def part(self) -> "Worker":
        """Return a part for one of several loops that run side by side."""
        part = Worker(self.name, whole=self)
        self._parts.append(part)
        return part

    @property
    def is_ready(self) -> bool:
        """Return whether every loop is ready: one that waits for its broker is missing."""
        return all(each.is_ready for each in self._parts) if self._parts else self._is_ready

    @property
    def last_step(self) -> float:
        """Return the time (`time.monotonic`) of the last step of the loop that is furthest back."""
        return min((each.last_step for each in self._parts), default=self._last_step)

    @property
    def stands_since(self) -> float | None:
        """Return the oldest last step of a loop that is ready; None if none is."""
        loops = [each for each in self._parts or [self] if each.is_ready]
        return min((each.last_step for each in loops), default=None)

    def ready(self) -> None:
        """Report that the loop is subscribed, bound or otherwise able to take work."""
        self.step()
        self._set_ready(is_ready=True)

    def report_pause(self, reason: str) -> None:
        """Report that the loop takes no work for a while, and why; "" means that it goes on."""
        was_paused_by, self.pause_reason = self.pause_reason, reason
        if was_paused_by != reason:
            self.on_change()

    def not_ready(self) -> None:
        """Report that the loop has lost its broker for now."""
        self._set_ready(is_ready=False)

    def step(self) -> None:
        """Record progress: a unit of work is done, or there was none.

        Liveness checks how long ago this was.
        """
        self._last_step = time.monotonic()

    def stop(self) -> None:
        """Ask the loop to end in order."""
        self.stopping.set()

    def fail(self, reason: str) -> None:
        """Stop, and let the process end non-zero so that it is started again."""
        self._whole.failure = self._whole.failure or reason
        self.stopping.set()

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds, or until the worker must stop."""
        # Not `asyncio.sleep`, which would delay the stop.
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)

    def _set_ready(self, *, is_ready: bool) -> None:
        was_ready = self._whole.is_ready
        self._is_ready = is_ready
        if self._whole.is_ready != was_ready:
            self._whole.on_change()
