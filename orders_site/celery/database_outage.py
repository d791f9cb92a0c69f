"""A Celery worker waits with its tasks in flight while the database accepts no writes.

No task is at fault, so none counts a failure. An error that leaves `on_failure` or a message
handler would occupy a slot of the worker forever; with all slots occupied it receives nothing.
"""

import logging
import time
from collections.abc import Callable

from celery.exceptions import WorkerShutdown
from celery.worker import state

from apps.messaging.handling import watchdog
from apps.messaging.handling.attempts import DATABASE_ERRORS
from apps.messaging.handling.database import ASK_EVERY_SECONDS, forget_connection, takes_writes
from apps.messaging.worker.time_limits import uncounted

logger = logging.getLogger(__name__)


def written(write: Callable[[], object]) -> None:
    """Call `write` until the database accepts it. Raises `WorkerShutdown` if the worker must stop:
    the message is then not acknowledged, and SQS delivers it again."""
    while True:
        try:
            write()
        except DATABASE_ERRORS:
            forget_connection()
            if takes_writes():
                raise  # The database works: the write itself is wrong.
            until_it_takes_writes()
        else:
            return


def until_it_takes_writes() -> None:
    """Block this thread until the database accepts writes.

    Raises `WorkerShutdown` if the worker must stop.
    """
    logger.error("database accepts no writes, tasks wait")
    with uncounted():
        while not takes_writes():
            forget_connection()
            if state.should_stop is not None or state.should_terminate is not None:
                raise WorkerShutdown
            watchdog.stands_for_a_reason()
            time.sleep(ASK_EVERY_SECONDS)
    logger.info("database accepts writes again")
