"""Passes what a thread has done to the event loop: several of a moment together.

To wake the event loop takes longer than an empty job. So it is woken for ten of them, for those of
a few milliseconds, and at the end. One that failed does not wait, and none waits for long while the
next one is at work.
"""

import asyncio
import time
from collections import deque
from contextlib import suppress

GATHER_SECONDS = 0.005
LONGEST_SECONDS = 0.1
"""The event loop looks by itself so often: the thread cannot say anything while it is at work."""
ENOUGH = 10


class Gathering[T]:
    """One thread puts, and one task of the event loop that made this takes."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._items: deque[T] = deque()
        self._first_at = 0.0
        self._wake = asyncio.Event()
        self._is_woken = False
        self._is_ended = False

    def put(self, item: T, *, is_urgent: bool = False) -> None:
        """Add an item, in the thread."""
        now = time.monotonic()
        if not self._items:
            self._first_at = now
        self._items.append(item)
        are_enough = len(self._items) >= ENOUGH or now >= self._first_at + GATHER_SECONDS
        if (is_urgent or are_enough) and not self._is_woken:
            self._is_woken = True
            self._loop.call_soon_threadsafe(self._wake.set)

    async def take(self) -> list[T]:
        """Wait for items, and return all that are there; none at the end."""
        while True:
            is_ended = self._is_ended  # Read before the items: what is put before the end counts.
            if not is_ended:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), LONGEST_SECONDS)
            # In this order: what is put from here on wakes the loop again.
            self._wake.clear()
            self._is_woken = False
            # So many and no more: the thread may put others while these are taken.
            items = [self._items.popleft() for _ in range(len(self._items))]
            if items or is_ended:
                return items

    def end(self) -> None:
        """Say, in the event loop, that nothing follows."""
        self._is_ended = True
        self._wake.set()
