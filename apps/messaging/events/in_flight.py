"""Messages in flight: fetched by a consumer, and not settled yet.

One thread, with one database connection, handles them in stream order: a batch in one transaction
where the consumer can, else one after the other. A slow message keeps its thread, and another
thread handles the others.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from nats.aio.msg import Msg

from apps.messaging.brokers.nats_connection import CONNECTION_LOST
from apps.messaging.events.batch_delivery import deliver_batch, size_of_batch
from apps.messaging.events.delivery import Delivery, deliver
from apps.messaging.events.streams import ACK_WAIT, Consumer
from apps.messaging.handling.database import DatabaseAway, busy_delay, forget_connection
from apps.messaging.handling.verdicts import Ack, Retry, Verdict
from apps.messaging.worker.lifecycle import Worker
from apps.messaging.worker.threads import in_pool, pool_of
from apps.messaging.worker.time_limits import at_work

SLOW_AFTER = 3.0
"""Seconds after which the next message is begun beside a handler that still works."""
SLOW_AT_ONCE = 3
"""The limit of slow messages beside the others; with more, the others wait for one to end."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class FetchedMessage:
    """A message of a stream, to settle it at the server, and its delivery for the handler."""

    message: Msg
    delivery: Delivery


type Judged = tuple[FetchedMessage, Verdict]


@contextmanager
def in_flight(consumer: Consumer, worker: Worker) -> Iterator["InFlight"]:
    """Yield an `InFlight` for one worker, which sends `in_progress` for every message in it.

    `worker` steps while a slow handler is waited for.
    """
    with pool_of(1 + SLOW_AT_ONCE, name="handler") as threads:
        flight = InFlight(consumer, threads, worker)
        ticker = asyncio.create_task(flight.say_in_progress())
        try:
            yield flight
        finally:
            ticker.cancel()


class InFlight:
    """Handles messages in threads, and yields each with its verdict; the consumer settles it."""

    def __init__(self, consumer: Consumer, threads: ThreadPoolExecutor, worker: Worker) -> None:
        self._consumer, self._threads, self._worker = consumer, threads, worker
        self._waiting: list[FetchedMessage] = []
        self._one_by_one = 0
        """How many of the first waiting ones are left of a batch that has failed."""
        self._begun: dict[asyncio.Future[Verdict], FetchedMessage] = {}
        self._is_given_up = False

    async def handle(self, messages: Sequence[FetchedMessage]) -> AsyncIterator[Judged]:
        """Handle them in order, and yield each with its verdict; a slow one comes in a later call.

        Raises `DatabaseAway`, after the message that met it was yielded as a retry.
        """
        self._waiting += [] if self._is_given_up else messages
        while True:
            for judged in self._judged():
                yield judged
            for fetched in await self._handle_batch():
                yield fetched, Ack()
            if not self._waiting:
                return
            await self._begin(self._waiting.pop(0))

    async def finish(self) -> AsyncIterator[Judged]:
        """Wait for the slow ones, and yield them. Raises `DatabaseAway` likewise."""
        if self._begun:
            await asyncio.wait(self._begun)
        for judged in self._judged():
            yield judged

    def not_begun(self) -> list[FetchedMessage]:
        """Remove the waiting messages and return them: the caller gives them back."""
        waiting, self._waiting, self._one_by_one = self._waiting, [], 0
        return waiting

    def give_up(self) -> list[FetchedMessage]:
        """Return all messages in flight; none of them is yielded any more."""
        self._is_given_up = True
        begun, self._begun = [*self._begun.values()], {}
        return [*begun, *self.not_begun()]

    async def say_in_progress(self) -> None:
        """Send `in_progress` for each unsettled message, at a third of the ack wait."""
        while not self._is_given_up:
            # One of them may get lost, or come late, before the server redelivers the message.
            await asyncio.sleep(ACK_WAIT.total_seconds() / 3)
            for each in self._unsettled():
                with suppress(*CONNECTION_LOST):
                    await each.message.in_progress()

    def _unsettled(self) -> Iterator[FetchedMessage]:
        """Yield each that is still unsettled when its turn comes.

        `in_progress` after a `nak` would take back the delay of the next delivery.
        """
        for fetched in [*self._begun.values(), *self._waiting]:
            if fetched in self._begun.values() or fetched in self._waiting:
                yield fetched

    async def _handle_batch(self) -> list[FetchedMessage]:
        """Handle the first waiting messages in one transaction, if they can be; return them.

        They stay among the waiting until it is committed, so that each is still reported as in
        progress, or given back.
        """
        size = size_of_batch(self._consumer, [each.delivery for each in self._waiting])
        if self._one_by_one or size < 2:
            self._one_by_one = max(self._one_by_one - 1, 0)
            return []
        batch = self._waiting[:size]
        deliveries = [each.delivery for each in batch]
        done = in_pool(self._threads, deliver_batch, self._consumer, deliveries)
        while not done.done():
            await self._a_while([done])
        self._worker.step()
        if not done.result():
            self._one_by_one = size - 1  # The caller begins the first one now.
            return []
        if self._is_given_up:
            # `give_up` has returned them meanwhile, and its caller settles them.
            return []
        self._waiting = self._waiting[size:]
        return batch

    async def _begin(self, fetched: FetchedMessage) -> None:
        """Handle one, and wait until it is done, or is slow while few others are."""
        verdict = in_pool(self._threads, _deliver, self._consumer, fetched.delivery)
        self._begun[verdict] = fetched
        await asyncio.wait({verdict}, timeout=SLOW_AFTER)
        if not verdict.done():
            logger.warning("slow, others go on", extra={"subject": fetched.delivery.subject})
        # Without a limit for the whole wait: the watchdog ends a process whose handler is too slow.
        while sum(not each.done() for each in self._begun) > SLOW_AT_ONCE:
            await self._a_while([each for each in self._begun if not each.done()])
        self._worker.step()

    async def _a_while(self, work: Collection[asyncio.Future[Any]]) -> None:
        """Wait until some of the work is done, for a few seconds at most."""
        await asyncio.wait(work, timeout=SLOW_AFTER, return_when=asyncio.FIRST_COMPLETED)
        if at_work():
            self._worker.step()  # Only while a handler runs under its time limit.

    def _judged(self) -> Iterator[Judged]:
        for verdict in [each for each in self._begun if each.done()]:
            if (fetched := self._begun.pop(verdict, None)) is None:
                return  # All was given up while the caller settled the one before.
            try:
                judged = verdict.result()
            except DatabaseAway:
                yield fetched, until_back(fetched)
                raise
            yield fetched, judged


def _deliver(consumer: Consumer, delivery: Delivery) -> Verdict:
    try:
        return deliver(consumer, delivery)
    except DatabaseAway:
        forget_connection()
        raise


def until_back(fetched: FetchedMessage) -> Retry:
    """Return the retry of a message while the database is away; the delay grows each time.

    Without it, messages would be redelivered without pause if the database only seems to be back.
    """
    return Retry(busy_delay(fetched.delivery.attempt - 1))
