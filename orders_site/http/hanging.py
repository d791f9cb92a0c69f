"""Ends `web` if a request hangs: its thread and its transaction would never be free again."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import NoReturn

from apps.messaging.handling import watchdog
from apps.messaging.operations.status import cannot_serve
from apps.messaging.worker.threads import in_thread
from apps.messaging.worker.time_limits import Work, overdue

LOOKS = 5
"""Checks, one a second, at which a request is too late and the database answers.

A request that only waited for the database, or was paused with its process, is done by then.
"""

logger = logging.getLogger(__name__)


async def end_if_one_hangs(finish: Callable[[int], Awaitable[None]]) -> NoReturn:
    """Check every second; end the process after `finish`, which gets the number of requests."""
    looks: Counter[Work] = Counter()
    while True:
        watchdog.still_there()
        looks = await _counted(looks)
        if hung := [work for work, count in looks.items() if count >= LOOKS]:
            logger.critical("a request hangs, web ends", extra={"requests": len(hung)})
            await finish(len(hung))
            watchdog.end_process(hung)
        await asyncio.sleep(watchdog.LOOK_EVERY_SECONDS)


async def _counted(looks: Counter[Work]) -> Counter[Work]:
    """Return the looks of each request that is too late; none while the database is silent."""
    late = overdue()
    if not late:
        return Counter()
    problems = await in_thread(cannot_serve)
    return Counter() if problems else Counter({work: looks[work] + 1 for work in late})
