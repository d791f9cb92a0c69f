"""The messages that a consumer has in hand: in stream order, but a slow one holds up nobody.

They are handled one after the other, in one thread and so over one database connection. One that
takes long stays in its thread, and the others go on in another.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from nats.aio.msg import Msg

from apps.messaging.brokers.nats_connection import CONNECTION_LOST
from apps.messaging.events.brake import Braked
from apps.messaging.events.delivery import Delivery
from apps.messaging.events.streams import ACK_WAIT
from apps.messaging.handling.database import DatabaseAway, busy_delay
from apps.messaging.handling.verdicts import Retry, Verdict
from apps.messaging.worker.concurrency import pool_of
from apps.messaging.worker.time_limits import at_work

SLOW_AFTER = 3.0
SLOW_AT_ONCE = 3
"""So many slow ones go on beside the rest; with more the rest must wait for one to end."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class FetchedMessage:
    """A message of a stream, with which the server is answered, and what a handler is given."""

    message: Msg
    delivery: Delivery


type Handle = Callable[[Delivery], Verdict]
type Settle = Callable[[FetchedMessage, Verdict], Awaitable[None]]


@contextmanager
def hands(handle: Handle, settle: Settle) -> Iterator["InFlight"]:
    """Hand out hands for one worker, and keep saying `in_progress` for what they hold."""
    with pool_of(1 + SLOW_AT_ONCE, name="handler") as threads:
        in_hand = InFlight(handle, settle, threads)
        ticker = asyncio.create_task(in_hand.say_in_progress())
        try:
            yield in_hand
        finally:
            ticker.cancel()


class InFlight:
    """`handle` judges a message in a thread, `settle` tells the broker."""

    def __init__(self, handle: Handle, settle: Settle, threads: ThreadPoolExecutor) -> None:
        self.threads = threads
        self._handle, self._settle = handle, settle
        self._waiting: list[FetchedMessage] = []
        self._begun: set[asyncio.Task[None]] = set()
        self._handled: set[FetchedMessage] = set()
        """Those whose handler is at work: what is settled is nobody's in progress."""
        self._is_given_up = False

    async def work_on(
        self, messages: Sequence[FetchedMessage], *, step: Callable[[], None]
    ) -> None:
        """Settle all but those that take long. Raises `DatabaseAway` and `Braked`; what was not
        begun is given back then."""
        self._waiting += messages
        try:
            while self._waiting:
                await self._begin(self._waiting.pop(0), step)
                step()
        except (DatabaseAway, Braked) as stop:
            # The server keeps all of it until we pull again.
            unbegun, self._waiting = self._waiting, []
            for fetched in unbegun:
                later = Retry(0) if isinstance(stop, Braked) else _until_back(fetched)
                await self._settle(fetched, later)
            raise

    async def finish(self) -> None:
        """Wait for the slow ones."""
        if self._begun:
            await asyncio.wait(self._begun)
        self._forget_the_done()

    def give_up(self) -> list[FetchedMessage]:
        """Return all that is in hand: it is settled here no more, and nothing else is begun."""
        self._is_given_up = True
        unbegun, self._waiting = self._waiting, []
        return [*self._handled, *unbegun]

    async def say_in_progress(self) -> None:
        while not self._is_given_up:
            await asyncio.sleep(ACK_WAIT.total_seconds() / 3)
            for each in self._unsettled():
                with suppress(*CONNECTION_LOST):
                    await each.message.in_progress()

    def _unsettled(self) -> Iterator[FetchedMessage]:
        """Yield each that is so when its turn comes: of what is settled no sign may follow.

        It would take back a delay after which the server delivers it again.
        """
        for fetched in [*self._handled, *self._waiting]:
            if fetched in self._handled or fetched in self._waiting:
                yield fetched

    async def _begin(self, fetched: FetchedMessage, step: Callable[[], None]) -> None:
        task = asyncio.create_task(self._do(fetched))
        self._begun.add(task)
        await asyncio.wait({task}, timeout=SLOW_AFTER)
        if not task.done():
            logger.warning("slow, others go on", extra={"subject": fetched.delivery.subject})
        while len(self._begun) > SLOW_AT_ONCE:
            await asyncio.wait(self._begun, timeout=SLOW_AFTER, return_when=asyncio.FIRST_COMPLETED)
            self._forget_the_done()
            if at_work():
                step()  # Each handler has its longest time, so this wait has an end.
        self._forget_the_done()

    async def _do(self, fetched: FetchedMessage) -> None:
        try:
            verdict = await self._verdict(fetched)
        except DatabaseAway:
            await self._settle(fetched, _until_back(fetched))
            raise
        if not self._is_given_up:
            await self._settle(fetched, verdict)

    async def _verdict(self, fetched: FetchedMessage) -> Verdict:
        self._handled.add(fetched)
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self.threads, self._handle, fetched.delivery)
        finally:
            self._handled.discard(fetched)

    def _forget_the_done(self) -> None:
        done = [task for task in self._begun if task.done()]
        self._begun.difference_update(done)
        for task in done:
            task.result()  # Raises what it has failed with.


def _until_back(fetched: FetchedMessage) -> Retry:
    """Return what is given back for a database that is away: later each time, and never too late.

    Where it says that it is back and is not, each message would go to and fro all the time.
    """
    return Retry(busy_delay(fetched.delivery.attempt - 1))
