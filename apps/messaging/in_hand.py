"""The messages that a consumer has in hand: in stream order, but a slow one holds up nobody.

They are handled one after the other, in one thread and so over one database connection. One that
takes long stays in its thread, and the others go on in another.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from nats.aio.msg import Msg

from apps.messaging.brake import Braked
from apps.messaging.database import DatabaseAway, busy_delay
from apps.messaging.link import CONNECTION_LOST
from apps.messaging.side_by_side import pool_of
from apps.messaging.streams import ACK_WAIT
from apps.messaging.time_limits import at_work
from apps.messaging.verdicts import Later, Verdict

SLOW_AFTER = 3.0
SLOW_AT_ONCE = 3
"""So many slow ones go on beside the rest; with more the rest must wait for one to end."""

logger = logging.getLogger(__name__)

type Handle = Callable[[Msg], Verdict]
type Settle = Callable[[Msg, Verdict], Awaitable[None]]


@contextmanager
def hands(handle: Handle, settle: Settle) -> Iterator["InHand"]:
    """Hand out hands for one worker, and keep saying `in_progress` for what they hold."""
    with pool_of(1 + SLOW_AT_ONCE, name="handler") as threads:
        in_hand = InHand(handle, settle, threads)
        ticker = asyncio.create_task(in_hand.say_in_progress())
        try:
            yield in_hand
        finally:
            ticker.cancel()


class InHand:
    """`handle` judges a message in a thread, `settle` tells the broker."""

    def __init__(self, handle: Handle, settle: Settle, threads: ThreadPoolExecutor) -> None:
        self.threads = threads
        self._handle, self._settle = handle, settle
        self._waiting: list[Msg] = []
        self._begun: set[asyncio.Task[None]] = set()
        self._handled: dict[int, Msg] = {}
        """Those whose handler is at work, by `id`: what is settled is nobody's in progress."""
        self._is_given_up = False

    async def work_on(self, messages: Sequence[Msg], *, step: Callable[[], None]) -> None:
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
            for message in unbegun:
                later = Later(0) if isinstance(stop, Braked) else _until_back(message)
                await self._settle(message, later)
            raise

    async def finish(self) -> None:
        """Wait for the slow ones."""
        if self._begun:
            await asyncio.wait(self._begun)
        self._forget_the_done()

    def give_up(self) -> list[Msg]:
        """Return all that is in hand: it is settled here no more, and nothing else is begun."""
        self._is_given_up = True
        unbegun, self._waiting = self._waiting, []
        return [*self._handled.values(), *unbegun]

    async def say_in_progress(self) -> None:
        while not self._is_given_up:
            await asyncio.sleep(ACK_WAIT.total_seconds() / 3)
            for message in self._unsettled():
                with suppress(*CONNECTION_LOST):
                    await message.in_progress()

    def _unsettled(self) -> Iterator[Msg]:
        """Yield each that is so when its turn comes: of what is settled no sign may follow.

        It would take back a delay after which the server delivers it again.
        """
        for message in [*self._handled.values(), *self._waiting]:
            if id(message) in self._handled or message in self._waiting:
                yield message

    async def _begin(self, message: Msg, step: Callable[[], None]) -> None:
        task = asyncio.create_task(self._do(message))
        self._begun.add(task)
        await asyncio.wait({task}, timeout=SLOW_AFTER)
        if not task.done():
            logger.warning("slow, others go on", extra={"subject": message.subject})
        while len(self._begun) > SLOW_AT_ONCE:
            await asyncio.wait(self._begun, timeout=SLOW_AFTER, return_when=asyncio.FIRST_COMPLETED)
            self._forget_the_done()
            if at_work():
                step()  # Each handler has its longest time, so this wait has an end.
        self._forget_the_done()

    async def _do(self, message: Msg) -> None:
        try:
            verdict = await self._verdict(message)
        except DatabaseAway:
            await self._settle(message, _until_back(message))
            raise
        if not self._is_given_up:
            await self._settle(message, verdict)

    async def _verdict(self, message: Msg) -> Verdict:
        self._handled[id(message)] = message
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self.threads, self._handle, message)
        finally:
            del self._handled[id(message)]

    def _forget_the_done(self) -> None:
        done = [task for task in self._begun if task.done()]
        self._begun.difference_update(done)
        for task in done:
            task.result()  # Raises what it has failed with.


def _until_back(message: Msg) -> Later:
    """Return what is given back for a database that is away: later each time, and never too late.

    Where it says that it is back and is not, each message would go to and fro all the time.
    """
    return Later(busy_delay(message.metadata.num_delivered - 1))
