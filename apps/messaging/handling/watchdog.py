"""The watchdog of a process: it ends the process if work hangs or makes no progress.

Neither compose nor the demo's supervisor restarts a process that is only unhealthy, so a process
must end by itself. It does so in three cases:

* a handler exceeds its time limit: this attempt has failed, and is recorded as failed;
* a loop is ready and has made no step for long: it waits for something that never comes;
* the event loop itself is blocked: a thread in C, which does not need Python's GIL, ends the
  process.
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
"""The exit code of a process in which work hung."""
STOOD_STILL = 1
"""The exit code of a process whose loop was blocked; `faulthandler` sets it."""
LOOK_EVERY_SECONDS = 1.0
GIVE_BACK_SECONDS = 5.0
LONGEST_STACK_CHARACTERS = 16 * 1024

logger = logging.getLogger(__name__)


class _Watched:
    """When this process said last that its loop turns: monotonic seconds, None for never."""

    last_sign: float | None = None


async def watch(worker: Worker) -> NoReturn:
    """Check every second, beside the loop of `worker`, whether work hangs; then end the process."""
    while True:
        still_there()
        if hung := overdue():
            await _give_up(worker, hung)
        if (since := worker.stands_since) is not None:
            standing = time.monotonic() - since
            if standing > settings.LONGEST_TIMES.standstill:
                logger.critical("no step any more", extra={"seconds": round(standing)})
                await _give_up(worker, [])
        await asyncio.sleep(LOOK_EVERY_SECONDS)


def still_there() -> None:
    """Report that this process's loop runs. Without further reports the process ends by itself.

    It then prints the stack of each thread. A process that was paused for that long ends as well
    when it continues; other workers have its messages by then.
    """
    now, longest = time.monotonic(), settings.LONGEST_TIMES.standstill
    # When a paused process continues, its loop may run before the thread in C does.
    if _Watched.last_sign is not None and now - _Watched.last_sign > longest:
        faulthandler.dump_traceback()
        leave(STOOD_STILL)
    _Watched.last_sign = now
    faulthandler.dump_traceback_later(longest, exit=True)


def stands_for_a_reason() -> None:
    """Report that a loop waits for its database, and does not hang; call this repeatedly."""
    if _Watched.last_sign is not None:
        still_there()


async def _give_up(worker: Worker, hung: Sequence[Work]) -> NoReturn:
    worker.fail("it hangs")
    with suppress(TimeoutError):
        await asyncio.wait_for(worker.give_back(hung), GIVE_BACK_SECONDS)
    end_process(hung)


def end_process(hung: Sequence[Work]) -> NoReturn:
    """End the process at once, with all its threads, and run a program that records the hang.

    A handler that hangs may hold a transaction, and with SQLite the only lock of the database, so
    to record its attempt here could block forever. `exec` ends every thread and closes every
    connection; the new program has the same process id, and so the same supervisor.
    """
    for work in hung:
        fields = {"what": work.what, "limit": work.seconds, "stack": work.stack()}
        message_id = work.message.message_id if work.message else ""
        logger.critical("hangs, the process ends", extra=fields | {"message_id": message_id})
    attempts_to_record = [
        work.message._asdict()
        | {"seconds": work.seconds, "stack": work.stack()[-LONGEST_STACK_CHARACTERS:]}
        for work in hung
        if work.message
    ]
    markers = attempts.crash_markers()
    if attempts_to_record or markers:
        _flush()
        given = json.dumps({"hung": attempts_to_record, "crash_markers": markers})
        command = ["-m", "django", "record_hang", "--exit-code", str(EXIT_CODE), given]
        with suppress(OSError):  # For instance no memory: the message is redelivered anyway.
            os.execv(sys.executable, [sys.executable, *command])  # noqa: S606 - without a shell
    leave(EXIT_CODE)


def leave(code: int) -> NoReturn:
    """End the process without waiting for its threads: a hanging one never ends."""
    _flush()
    os._exit(code)


def _flush() -> None:
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
