"""A warm cache: a copy in memory of another part's data, updated by its messages.

Messages make the updates fast, but may be lost. So the cache reads all data at the start, after
each reconnect and every `every_seconds`.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from nats.aio.client import Client

from apps.messaging.brokers.nats_for_workers import subscribed
from apps.messaging.pubsub.broadcast import OnMessage, hear
from apps.messaging.worker.lifecycle import Worker
from apps.messaging.worker.threads import in_pool
from apps.messaging.worker.time_limits import in_time

RETRY_SECONDS = 2.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class WarmCache:
    """A warm cache. `read` reads all data (it may block); `changes` maps subjects to handlers.

    If `read` takes longer than `HANDLER_SECONDS` it hangs, and the process ends.
    """

    read: Callable[[], None]
    every_seconds: float
    changes: Mapping[str, OnMessage] = field(default_factory=dict)


@asynccontextmanager
async def kept_fresh(
    cache: WarmCache, nc: Client, *, stale: asyncio.Event, worker: Worker
) -> AsyncIterator[None]:
    """Enter when the data is read, and keep it fresh inside; `stale` asks for a new reading."""
    # Subscribe first and read second, so that no change falls between the two.
    for subject, on_message in cache.changes.items():
        await hear(nc, subject, on_message)
    await subscribed(nc, worker)
    while not worker.stopping.is_set() and not await _read(cache):
        await worker.sleep(RETRY_SECONDS)
    reading = asyncio.create_task(_keep_reading(cache, stale))
    try:
        yield
    finally:
        reading.cancel()


async def _keep_reading(cache: WarmCache, stale: asyncio.Event) -> None:
    pause = cache.every_seconds
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(stale.wait(), pause)
        # Before the reading: a reconnect that comes during it asks for another one.
        stale.clear()
        pause = cache.every_seconds if await _read(cache) else RETRY_SECONDS


async def _read(cache: WarmCache) -> bool:
    try:
        await in_pool(None, in_time(cache.read, None, "cache"))
    except Exception as error:
        logger.exception("cache not read", extra={"error": repr(error)})
        return False
    return True
