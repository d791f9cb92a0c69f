"""Whether the database takes writes, and the wait until it does again.

A full disk, a spent quota and a server that has become read-only all answer a SELECT.
"""

import logging
import secrets
from functools import partial

from django.db import connection, transaction

from apps.messaging import attempts
from apps.messaging.attempts import REFUSED
from apps.messaging.blocking import in_thread, unit_of_work
from apps.messaging.life import Life
from apps.messaging.models import FailedDelivery

ASK_EVERY = 1.0
"""Seconds."""
ENOUGH = 64 * 1024
"""Bytes that are asked for: on a full disk a small row finds room where work does not."""

logger = logging.getLogger(__name__)


class DatabaseAway(Exception):
    """Nothing can be written, not even a failure: that is no message's fault."""


def forget_connection() -> None:
    """Close this thread's connection, so that the next statement goes out on a new one.

    A session of PostgreSQL that was opened while its database was read-only stays so for ever.
    """
    if not connection.in_atomic_block:
        connection.close()


def takes_writes() -> bool:
    """Write a row and delete it, and commit: a full disk says no only then."""
    try:
        with transaction.atomic():
            FailedDelivery.objects.create(
                consumer="", message_id="", error="", traceback=secrets.token_hex(ENOUGH // 2)
            ).delete()
        attempts.take_away_false_witnesses()
    except REFUSED:
        return False
    return True


async def ask_whether_it_takes_writes() -> bool:
    """The same beside the event loop, in a thread that holds up nobody where the answer hangs."""
    return await in_thread(partial(unit_of_work, takes_writes))


async def until_it_takes_writes(life: Life) -> None:
    """Ask every second, until it does or it is time to stop."""
    life.not_ready()
    logger.error("database takes no writes, consuming pauses")
    while not life.stopping.is_set():
        await life.pause(ASK_EVERY)
        if await ask_whether_it_takes_writes():
            logger.info("database takes writes again")
            return
