"""The watchdog of a process: where work hangs, or nothing moves any more, the process ends.

Neither compose nor the demo's supervisor restarts what is merely unhealthy, so a process sees
to that itself. Three cases, one way out:

* a handler is over its longest time: that attempt has failed, and is recorded as such;
* the loop is ready and has taken no step for long: something that it waits for never comes;
* the loop itself stands still: a thread in C, which needs no lock of Python's, ends the process.
"""

import asyncio
import faulthandler
import json
import logging
import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

from django.conf import settings

from apps.messaging.handling import attempts
from apps.messaging.worker.lifecycle import Worker
from apps.messaging.worker.time_limits import Work, overdue

EXIT_CODE = 71
"""Of a process in which something hung."""
STOOD_STILL = 1
"""Of one whose loop stood still: `faulthandler` chose it."""
LOOK_EVERY = 1.0
GIVE_BACK_SECONDS = 5.0
LONGEST_STACK = 16 * 1024

logger = logging.getLogger(__name__)


class _Watched:
    """When this process said last that its loop turns: monotonic seconds, None for never."""

    last_sign: float | None = None


async def watch(worker: Worker) -> NoReturn:
    """Look every second, beside the loop of `worker`."""
    while True:
        still_there()
        if hung := overdue():
            await _give_up(worker, hung)
        standing = time.monotonic() - worker.last_step
        if worker.is_ready and standing > settings.LONGEST_TIMES.standstill:
            logger.critical("no step any more", extra={"seconds": round(standing)})
            await _give_up(worker, [])
        await asyncio.sleep(LOOK_EVERY)


async def watched() -> NoReturn:
    """The same of a process that has no loop of a worker: say that its event loop turns."""
    while True:
        still_there()
        await asyncio.sleep(LOOK_EVERY)


def still_there() -> None:
    """Say that this process's loop turns. Said no more, the process ends by itself.

    It then shows where each thread stands. A process that was stopped for so long ends as well,
    as soon as it goes on; other workers have its messages by then.
    """
    now, longest = time.monotonic(), settings.LONGEST_TIMES.standstill
    # The loop of a process that goes on after a stop may be quicker than the thread in C.
    if _Watched.last_sign is not None and now - _Watched.last_sign > longest:
        faulthandler.dump_traceback()
        leave(STOOD_STILL)
    _Watched.last_sign = now
    faulthandler.dump_traceback_later(longest, exit=True)


def stands_for_a_reason() -> None:
    """Say, again and again, that a loop waits for its database: nothing in it hangs."""
    if _Watched.last_sign is not None:
        still_there()


async def _give_up(worker: Worker, hung: Sequence[Work]) -> NoReturn:
    worker.fail("it hangs")
    with suppress(TimeoutError):
        await asyncio.wait_for(worker.give_back(hung), GIVE_BACK_SECONDS)
    end_process(hung)


def end_process(hung: Sequence[Work]) -> NoReturn:
    """End at once, whatever the threads do; before that, become a program that records it.

    A handler that hangs may hold a transaction, and with SQLite the one lock of the database: to
    record its attempt here could wait for ever. `exec` ends every thread and closes every
    connection; the new program has the same process id, and so the same supervisor.
    """
    for work in hung:
        known = {"what": work.what, "message_id": work.message_id, "limit": work.seconds}
        logger.critical("hangs, the process ends", extra=known | {"stack": work.stack()})
    told = [
        {
            "consumer": work.consumer,
            "message_id": work.message_id,
            "identity": work.identity,
            "seconds": work.seconds,
            "stack": work.stack()[-LONGEST_STACK:],
        }
        for work in hung
        if work.message_id
    ]
    markers = attempts.crash_markers()
    if told or markers:
        _flush()
        given = json.dumps({"hung": told, "crash_markers": markers})
        command = ["-m", "django", "record_hang", "--exit-code", str(EXIT_CODE), given]
        with suppress(OSError):  # No memory, say: the message comes again anyway.
            os.execv(sys.executable, [sys.executable, *command])  # noqa: S606 - without a shell
    leave(EXIT_CODE)


def leave(code: int) -> NoReturn:
    """End without waiting for threads: one that hangs would be waited for without end."""
    _flush()
    os._exit(code)


def _flush() -> None:
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
