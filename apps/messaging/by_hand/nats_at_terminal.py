"""NATS as a person at a terminal uses it: one line, one connection, as the user `developer`.

For the lab. It publishes, subscribes and calls the JetStream API as the `nats` command does; no
hook is reached, and nothing is tried again.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import nats.errors
from django.conf import settings
from nats.aio.subscription import Subscription

from apps.messaging.brokers.addresses import developers_url
from apps.messaging.brokers.nats_connection import CONNECT_SECONDS, CONNECTION_LOST, reason_of
from apps.messaging.brokers.nats_for_once import NatsUser, options_as
from apps.messaging.brokers.nats_py_fixes import PatchedClient
from apps.messaging.by_hand.nats_messages import (
    AckKind,
    JetStreamApiError,
    MessageByHand,
    NatsError,
    NoAnswerCame,
    NoListener,
    reaching_nats,
)
from apps.messaging.errors import BrokerAway, MessagingError

INBOX = "_INBOX"
"""The prefix that the user `developer` may subscribe to."""
NO_LISTENERS = "503"


class NatsByHand:
    """A connection that ends with its line; what the server does not allow is an error."""

    def __init__(self) -> None:
        self._nc = PatchedClient()
        self._over: asyncio.Future[MessagingError] = asyncio.get_running_loop().create_future()

    async def open(self) -> None:
        """Connect. Raises `BrokerAway`."""
        options = {
            **options_as(NatsUser(url=developers_url(), inbox_prefix=INBOX), "terminal"),
            "error_cb": self._on_error,
            "closed_cb": self._on_closed,
        }
        try:
            await asyncio.wait_for(self._nc.connect(**options), CONNECT_SECONDS)
        except (*CONNECTION_LOST, nats.errors.Error) as error:
            raise BrokerAway(f"NATS cannot be reached: {reason_of(error)}") from error

    async def close(self) -> None:
        """Close the connection; it ends nothing else."""
        self._nc.options["closed_cb"] = None
        with suppress(*CONNECTION_LOST):
            await asyncio.wait_for(self._nc.close(), CONNECT_SECONDS)

    async def publish(
        self, subject: str, body: bytes, *, headers: Mapping[str, str] | None = None, to: str = ""
    ) -> None:
        """Publish, and wait until the server has it; `to` is where answers go.

        Raises `NatsError`, `MessageTooLarge`, `BrokerAway`.
        """
        with reaching_nats():
            await self._nc.publish(subject, body, reply=to, headers=dict(headers or {}) or None)
        await self._reached_the_server()

    async def listen(self, subject: str, *, queue: str = "") -> AsyncIterator[MessageByHand]:
        """Subscribe, and return each message from now on, without end.

        Raises `NatsError`, `BrokerAway`.
        """
        with reaching_nats():
            subscription = await self._nc.subscribe(subject, queue=queue)
        await self._reached_the_server()
        return self._messages_of(subscription)

    async def answers(
        self,
        subject: str,
        body: bytes = b"",
        *,
        headers: Mapping[str, str] | None = None,
        seconds: float,
    ) -> AsyncIterator[MessageByHand]:
        """Ask, and yield each answer of the next `seconds`.

        Raises `NoListener`, `NatsError`, `MessageTooLarge`, `BrokerAway`.
        """
        inbox, loop = self._nc.new_inbox(), asyncio.get_running_loop()
        end = loop.time() + seconds
        with reaching_nats():
            answers = await self._nc.subscribe(inbox)
            await self._nc.publish(subject, body, reply=inbox, headers=dict(headers or {}) or None)
        try:
            while (left := end - loop.time()) > 0:
                answer = MessageByHand.of(await self._unless_over(answers.next_msg(timeout=left)))
                if answer.status == NO_LISTENERS:
                    raise NoListener
                yield answer
        except NoAnswerCame:
            return
        finally:
            with suppress(*CONNECTION_LOST):
                await answers.unsubscribe()

    async def request(
        self,
        subject: str,
        body: bytes = b"",
        *,
        headers: Mapping[str, str] | None = None,
        seconds: float,
    ) -> MessageByHand:
        """Ask, and return the first answer. Raises `NoAnswerCame`, and as `answers` does."""
        async for answer in self.answers(subject, body, headers=headers, seconds=seconds):
            return answer
        raise NoAnswerCame

    async def settle(self, answer_to: str, kind: AckKind, *, seconds: float) -> None:
        """Answer a delivery, and wait until the server confirms it. Raises as `request`."""
        await self.request(answer_to, kind.encode(), seconds=seconds)

    async def api(self, endpoint: str, **asked: object) -> dict[str, Any]:
        """Call `$JS.API.<endpoint>` with these fields. Raises `JetStreamApiError`, as `request`."""
        body = json.dumps(asked).encode() if asked else b""
        seconds = settings.LONGEST_TIMES.nats_call
        answer = await self.request(f"$JS.API.{endpoint}", body, seconds=seconds)
        found: dict[str, Any] = json.loads(answer.body)
        if error := found.get("error"):
            raise JetStreamApiError(error.get("err_code", 0), error["description"])
        return found

    async def _messages_of(self, subscription: Subscription) -> AsyncIterator[MessageByHand]:
        while True:
            yield MessageByHand.of(await self._unless_over(subscription.next_msg(timeout=None)))

    async def _reached_the_server(self) -> None:
        await self._unless_over(self._nc.flush(CONNECT_SECONDS))  # type: ignore[arg-type]

    async def _unless_over[T](self, waiting: Coroutine[Any, Any, T]) -> T:
        """Wait for it; a right that is missing, or a lost connection, ends the wait."""
        task = asyncio.ensure_future(waiting)
        task.add_done_callback(_read_error)
        try:
            both: set[asyncio.Future[Any]] = {task, self._over}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if self._over.done():
                raise self._over.result()
            with reaching_nats():
                return task.result()
        finally:
            task.cancel()

    async def _on_error(self, error: Exception) -> None:
        if isinstance(error, (*CONNECTION_LOST, nats.errors.UnexpectedEOF)):
            await self._on_closed()
        else:
            # A right that is missing: the server reports it here alone.
            self._end(NatsError(str(error).removeprefix("nats: ")))

    async def _on_closed(self) -> None:
        self._end(BrokerAway("NATS has closed the connection"))

    def _end(self, error: MessagingError) -> None:
        if not self._over.done():
            self._over.set_result(error)


def _read_error(task: asyncio.Future[Any]) -> None:
    """Read the error of a wait that has ended with its line, so that Python logs none."""
    if not task.cancelled():
        task.exception()


@asynccontextmanager
async def by_hand() -> AsyncIterator[NatsByHand]:
    """Connect for the length of a `with` block. Raises `BrokerAway`."""
    hand = NatsByHand()
    try:
        await hand.open()
        yield hand
    finally:
        await hand.close()
