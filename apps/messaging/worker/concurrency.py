"""Bounded concurrency for a subscription: nats-py awaits its callback message by message."""

import asyncio
from collections.abc import Awaitable, Callable

FINISH_SECONDS = 4.0
"""The time that running work may still take after the stop signal."""


class Concurrency:
    """Runs at most `limit` pieces of work at once; to start one more waits for a free place."""

    def __init__(self, limit: int) -> None:
        self._free = asyncio.Semaphore(limit)
        self._running: set[asyncio.Future[None]] = set()

    async def start(self, work: Callable[[], Awaitable[None]]) -> None:
        """Begin the work as soon as a place is free."""
        await self._free.acquire()
        task = asyncio.ensure_future(work())
        # asyncio itself holds a task only weakly: one that no name holds may vanish half-way.
        self._running.add(task)
        # A callback, not the work's last line: a task that fails frees its place too.
        task.add_done_callback(self._done)

    async def finish(self) -> None:
        """Wait for the started work, which a drain of the connection does not include."""
        if self._running:
            await asyncio.wait(self._running, timeout=FINISH_SECONDS)

    def _done(self, task: asyncio.Future[None]) -> None:
        self._running.discard(task)
        self._free.release()
