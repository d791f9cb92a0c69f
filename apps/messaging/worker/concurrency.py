"""Bounded concurrency for a subscription: nats-py awaits its callback message by message."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

from apps.messaging.worker.threads import with_fresh_connections

FINISH_SECONDS = 4.0
"""Seconds that running work may still take after the stop signal."""


class Concurrency:
    """Runs at most `limit` pieces of work at once; to start one more waits for a free place."""

    def __init__(self, limit: int) -> None:
        self._free = asyncio.Semaphore(limit)
        self._running: set[asyncio.Future[None]] = set()

    async def start(self, work: Callable[[], Awaitable[None]]) -> None:
        """Begin the work as soon as a place is free."""
        await self._free.acquire()
        task = asyncio.ensure_future(work())
        self._running.add(task)
        task.add_done_callback(self._done)

    async def finish(self) -> None:
        """Wait for the started work, which a drain of the connection does not include."""
        if self._running:
            await asyncio.wait(self._running, timeout=FINISH_SECONDS)

    def _done(self, task: asyncio.Future[None]) -> None:
        self._running.discard(task)
        self._free.release()


@contextmanager
def pool_of(count: int, *, name: str) -> Iterator[ThreadPoolExecutor]:
    """Yield threads that do not delay the end of the process, even if one of them hangs."""
    threads = ThreadPoolExecutor(count, thread_name_prefix=name)
    try:
        yield threads
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


async def in_pool[**P, T](
    threads: ThreadPoolExecutor | None, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run blocking work in one of `threads` (None: any), with fresh database connections."""
    unit = partial(with_fresh_connections, work, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(threads, unit)
