"""Checks whether the database accepts writes, and waits until it does again.

With a full disk, an exhausted quota or a read-only server, the database still answers a SELECT.
"""

import logging
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from django.db import DatabaseError, connection

from apps.messaging.backoff import backoff
from apps.messaging.handling import attempts, watchdog
from apps.messaging.handling.attempts import DATABASE_ERRORS
from apps.messaging.models import FailedDelivery
from apps.messaging.worker.lifecycle import Worker
from apps.messaging.worker.threads import in_thread, with_fresh_connections
from apps.messaging.worker.time_limits import uncounted

ASK_EVERY_SECONDS = 1.0
ENOUGH = 64 * 1024
"""Bytes of the test row: on a full disk, a small row may fit although a real one does not."""
LONGEST_BUSY = 30.0
"""Seconds between two attempts at rows that others have locked."""
_IDLE = "25P03"
_BUSY = {"55P03", "40P01", "40001", _IDLE}
"""PostgreSQL's codes: a lock that did not come in time; a deadlock; a row that another transaction
has changed; a transaction in which nothing was done for too long. Not 57014, a statement that took
too long: it did not wait for a lock, so it may take too long at each attempt."""

logger = logging.getLogger(__name__)


class DatabaseAway(Exception):
    """Nothing can be written, not even a failed attempt: that is no message's fault."""


@contextmanager
def needing_writes() -> Iterator[None]:
    """Raise `DatabaseAway` if the database does not accept a statement of the block."""
    try:
        yield
    except DATABASE_ERRORS as away:
        raise DatabaseAway from away


def is_busy(error: Exception) -> bool:
    """Return whether the database ended the transaction because of others, or because it was idle.

    A retry may succeed.
    """
    return isinstance(error, DatabaseError) and (
        _code_of(error) in _BUSY
        or getattr(error.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
    )


def was_idle(error: Exception) -> bool:
    """Return whether PostgreSQL ended the transaction because nothing was done in it."""
    return _code_of(error) == _IDLE


def _code_of(error: Exception) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""


def busy_delay(attempt: int) -> float:
    """Return the seconds before the next try: half of one for 0, then 1, 2, 4 ... up to 30."""
    return backoff(attempt, first=1.0, longest=LONGEST_BUSY)


def forget_connection() -> None:
    """Close this thread's connection, so that the next statement opens a new one.

    A session of PostgreSQL that was opened while its database was read-only stays read-only.
    """
    if not connection.in_atomic_block:
        connection.close()


def takes_writes() -> bool:
    """Commit a row and then delete it: only a commit shows that the disk is full.

    Two transactions: SQLite does not write a row that the same transaction deletes again.
    """
    try:
        FailedDelivery.objects.create(
            consumer="", message_id="", error="", traceback=secrets.token_hex(ENOUGH // 2)
        )
        FailedDelivery.objects.filter(consumer="", message_id="").delete()
        attempts.delete_false_markers()
    except DATABASE_ERRORS:
        return False
    return True


def note(write: Callable[[], object]) -> None:
    """Repeat a write until the database takes it: what it records has happened elsewhere.

    Any retry of the whole message may come to another process, which would do it again.
    """
    with uncounted():
        while True:
            try:
                write()
            except DATABASE_ERRORS as error:
                logger.error("not recorded, tried again", extra={"error": str(error)})
                forget_connection()
                watchdog.stands_for_a_reason()
                time.sleep(ASK_EVERY_SECONDS)
            else:
                return


async def ask_whether_it_takes_writes() -> bool:
    """Return the same from a thread, so that a hanging answer does not block the event loop."""
    return await in_thread(partial(with_fresh_connections, takes_writes))


async def until_it_takes_writes(worker: Worker) -> None:
    """Wait until the database accepts writes, or the worker must stop; check every second."""
    worker.not_ready()
    logger.error("database accepts no writes, consuming pauses")
    while not worker.stopping.is_set():
        await worker.sleep(ASK_EVERY_SECONDS)
        if await ask_whether_it_takes_writes():
            logger.info("database accepts writes again")
            return
