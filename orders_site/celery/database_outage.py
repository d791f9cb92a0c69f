"""A Celery worker whose database takes no writes: it waits with what it has in hand.

Nothing else could be done meanwhile, and no task is to blame. An error that leaves `on_failure` or
a message's own handler would take a place of the worker's for ever, until none is left.
"""

import logging
import time
from collections.abc import Callable

from celery.exceptions import WorkerShutdown
from celery.worker import state

from apps.messaging.handling import watchdog
from apps.messaging.handling.attempts import REFUSED
from apps.messaging.handling.database import ASK_EVERY, forget_connection, takes_writes
from apps.messaging.worker.time_limits import uncounted

logger = logging.getLogger(__name__)


def written(write: Callable[[], object]) -> None:
    """Call it until the database takes it. Raises `WorkerShutdown` where the worker has to stop:
    the message is not acknowledged then, and comes again."""
    while True:
        try:
            write()
        except REFUSED:
            forget_connection()
            if takes_writes():
                raise  # What was written is wrong, and the database well.
            until_it_takes_writes()
        else:
            return


def until_it_takes_writes() -> None:
    """Wait in this thread. Raises `WorkerShutdown` where the worker has to stop."""
    logger.error("database takes no writes, tasks wait")
    with uncounted():
        while not takes_writes():
            forget_connection()
            if state.should_stop is not None or state.should_terminate is not None:
                raise WorkerShutdown
            watchdog.stands_for_a_reason()
            time.sleep(ASK_EVERY)
    logger.info("database takes writes again")
