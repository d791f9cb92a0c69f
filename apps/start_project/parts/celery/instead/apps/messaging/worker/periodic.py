"""Periodic work: one process calls functions, each again when its interval is over."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from apps.messaging.worker.lifecycle import Worker
from apps.messaging.worker.threads import in_thread
from apps.messaging.worker.time_limits import in_time

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.5
AGAIN_AFTER_SECONDS = 5.0
"""After an error of the database; after any other, work is due again after its interval."""
STOP_SECONDS = 7.0
"""Below the runner's grace: longer work is left at a stop, and runs at the next start."""


@dataclass(frozen=True, kw_only=True)
class Every:
    """Work that is due again so many seconds after it began.

    It runs at each start of the process, and beside itself if there are two processes: what it does
    must be harmless to repeat.
    """

    seconds: float
    work: Callable[[], None]

    @property
    def name(self) -> str:
        """Return its name for logs and time limits, like `apps.messaging.tasks.clean_up`."""
        return f"{self.work.__module__}.{self.work.__qualname__}"


def repeating(*schedule: Every) -> Callable[[Worker], Awaitable[None]]:
    """Return a worker's loop: all work is due at first, and is done one after the other."""

    async def loop(worker: Worker) -> None:
        due = dict.fromkeys(schedule, -math.inf)
        worker.ready()
        while not worker.stopping.is_set():
            for each in schedule:
                if time.monotonic() >= due[each] and not worker.stopping.is_set():
                    began = time.monotonic()
                    due[each] = began + await _seconds_until_next(each, worker)
            worker.step()
            await worker.sleep(LOOK_EVERY_SECONDS)

    return loop


async def _seconds_until_next(each: Every, worker: Worker) -> float:
    """Do the work in a thread; return the seconds from its begin until it is due again."""
    work = in_thread(in_time(each.work, settings.LONGEST_TIMES.job, each.name))
    try:
        await _until_done(work, worker)
    except (DatabaseError, InterfaceError) as error:
        logger.warning("periodic work waits", extra={"work": each.name, "error": str(error)})
        return AGAIN_AFTER_SECONDS
    except Exception:  # One kind of work that fails delays no other.
        logger.exception("periodic work failed", extra={"work": each.name})
    return each.seconds


async def _until_done(work: asyncio.Future[None], worker: Worker) -> None:
    """Wait for it; at a stop only for `STOP_SECONDS`. Raises what the work raises."""
    stop_by = math.inf
    while not work.done() and time.monotonic() < stop_by:
        await asyncio.wait({work}, timeout=LOOK_EVERY_SECONDS)
        worker.step()
        if worker.stopping.is_set():
            stop_by = min(stop_by, time.monotonic() + STOP_SECONDS)
    if work.done():
        work.result()
