"""Passes what a thread has done to the event loop: several of a moment together.

To wake the event loop takes longer than an empty job. So it is woken for ten of them, or after a
few milliseconds for those that are there. The last one, and one that failed, do not wait.
"""

import asyncio
from collections import deque
from contextlib import suppress

GATHER_SECONDS = 0.005
ENOUGH = 10


class Gathering[T]:
    """One thread puts, and one task of the event loop that made this takes."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._items: deque[T] = deque()
        self._any, self._now = asyncio.Event(), asyncio.Event()
        self._is_woken = False
        self._is_ended = False

    def put(self, item: T, *, is_urgent: bool = False) -> None:
        """Add an item, in the thread."""
        self._items.append(item)
        if is_urgent or len(self._items) == ENOUGH:
            self._loop.call_soon_threadsafe(self._wake, self._now)
        elif not self._is_woken:
            self._is_woken = True
            self._loop.call_soon_threadsafe(self._wake, self._any)

    def end(self) -> None:
        """Say, in the thread, that nothing follows."""
        self._is_ended = True
        self._loop.call_soon_threadsafe(self._wake, self._now)

    async def take(self) -> list[T]:
        """Wait for items, and return all that are there; none at the end."""
        while True:
            is_ended = self._is_ended  # Read before the items: what is put before the end counts.
            if not is_ended:
                await self._any.wait()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._now.wait(), GATHER_SECONDS)
            # In this order: what is put from here on wakes the loop again.
            self._any.clear()
            self._now.clear()
            self._is_woken = False
            items = [self._items.popleft() for _ in range(len(self._items))]
            if items or is_ended:
                return items

    def _wake(self, event: asyncio.Event) -> None:
        self._any.set()
        event.set()
