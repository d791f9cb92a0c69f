"""A worker's connection to NATS; its loss makes the worker not ready, or ends it."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from django.conf import settings
from nats.aio.client import Client
from nats.aio.subscription import Subscription

from apps.messaging.brokers.nats_connection import (
    CONNECT_SECONDS,
    CONNECTION_LOST,
    DRAIN_SECONDS,
    Connection,
)
from apps.messaging.brokers.nats_py_fixes import PatchedClient
from apps.messaging.errors import BrokerAway
from apps.messaging.worker.lifecycle import Worker
from apps.messaging.worker.outage import Outage

FLUSH_PAUSE_SECONDS = 0.1

logger = logging.getLogger(__name__)


@asynccontextmanager
async def connected(
    worker: Worker, *, on_reconnect: Callable[[], None] | None = None
) -> AsyncIterator[PatchedClient]:
    """Connect, however long it takes; at the end, finish the work that has begun, and close.

    While NATS is away `worker` is not ready. If nats-py closes the connection and does not
    reconnect, as after most errors that a server reports, `worker` fails, so that the process is
    restarted. Raises `BrokerAway` if the worker must stop before NATS was ever reached.
    """
    was_ready = False

    def lost() -> None:
        nonlocal was_ready
        was_ready = was_ready or worker.is_ready  # it may be lost again before it is back
        worker.not_ready()

    def back() -> None:
        nonlocal was_ready
        if was_ready:
            worker.ready()
        was_ready = False
        if on_reconnect is not None:
            on_reconnect()

    connection = await _first_connection(
        worker, lost=lost, back=back, closed=lambda: worker.fail("NATS closed the connection")
    )
    try:
        yield connection.nc
    finally:
        await connection.leave()


async def idle(nc: Client, worker: Worker) -> None:
    """Wait until the worker must stop, for a loop whose work is done in callbacks."""
    while not worker.stopping.is_set():
        if nc.is_connected:
            worker.step()
        await worker.sleep(1.0)


async def subscribed(nc: Client, worker: Worker) -> None:
    """Wait until the server has every subscription made so far, or until the worker must stop.

    A worker must not be ready before: it does not receive messages that are published meanwhile.
    If the connection is lost just now, it subscribes again after the reconnect.
    """
    while not worker.stopping.is_set():
        with suppress(*CONNECTION_LOST):
            seconds = settings.LONGEST_TIMES.nats_call
            await nc.flush(seconds)  # type: ignore[arg-type]  # a float is as good
            if nc.is_connected:  # A connection that is lost has nothing to flush.
                return
        await worker.sleep(FLUSH_PAUSE_SECONDS)


async def take_no_more(nc: Client, subscription: Subscription) -> None:
    """End a subscription, after the callbacks of the messages that have arrived."""
    if nc.is_connected:
        with suppress(*CONNECTION_LOST):
            await asyncio.wait_for(subscription.drain(), DRAIN_SECONDS)  # type: ignore[no-untyped-call]


async def _first_connection(worker: Worker, **watchers: Callable[[], None]) -> Connection:
    outage = Outage(logger, begun="nats not reached", ended="nats reached")
    while not worker.stopping.is_set():
        connection = Connection(worker.name, **watchers)
        opening = asyncio.create_task(connection.open(CONNECT_SECONDS))
        stopping = asyncio.create_task(worker.stopping.wait())
        await asyncio.wait({opening, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        opening.cancel()
        try:
            await opening
        except BrokerAway as error:
            outage.met(str(error))
            await worker.sleep(random.uniform(0.1, 0.5))
        except asyncio.CancelledError:
            break
        else:
            outage.over()
            return connection
    raise BrokerAway("stopped before NATS was reached")
