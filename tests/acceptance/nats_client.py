"""Plain nats-py on a loop of its own, so that a test reads like commands at a terminal."""

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import nats
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, PubAck, RawStreamMsg
from nats.js.errors import NotFoundError

from tests.support.waiting import at_most

TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message received, stored or answered."""

    subject: str
    headers: dict[str, str]
    data: bytes


class NatsClient:
    """`nats pub`, `nats sub`, `nats request`, and the stream behind `orders.>`."""

    def __init__(self, url: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._nc = self._run(
            nats.connect(url, max_reconnect_attempts=-1, reconnect_time_wait=0.1, error_cb=_ignore)
        )

    def close(self) -> None:
        self._run(self._nc.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def publish(self, subject: str, body: bytes) -> None:
        async def send() -> None:
            await self._nc.publish(subject, body)
            await self._until_the_server_has_it()

        self._run(send())

    async def _until_the_server_has_it(self) -> None:
        # nats-py (2.16) sends its first ping before its buffer, and the second one after it.
        await self._nc.flush()
        await self._nc.flush()

    def store(self, subject: str, body: bytes, headers: Mapping[str, str] | None = None) -> PubAck:
        """Publish on a subject that a stream keeps; return once the stream has it."""
        send = self._nc.jetstream().publish(subject, body, headers=dict(headers or {}) or None)
        return self._run(send)

    def stored(self, sequence: int) -> Message:
        return _plain(self._run(self._nc.jetstream().get_msg("ORDERS", sequence)))

    def request(self, subject: str, body: bytes, *, within: float = TIMEOUT_SECONDS) -> Message:
        """Ask once. Raises `TimeoutError` after so many seconds."""
        return _plain(self._run(self._nc.request(subject, body, timeout=within)))

    def is_answered(self, subject: str, body: bytes, *, by: bytes) -> bool:
        """Ask once, and return whether the answer has these bytes."""
        # A member that has just left a group may have got the question, which is then lost.
        with suppress(TimeoutError):
            return by in self.request(subject, body, within=2).data
        return False

    def ask_all(self, subject: str, *, expected: int) -> list[dict[str, Any]]:
        """Ask all services, as `nats micro` does; return the first answers."""

        async def ask() -> list[dict[str, Any]]:
            inbox = self._nc.new_inbox()
            answers = await self._nc.subscribe(inbox)
            await self._nc.publish(subject, reply=inbox)
            received = [await answers.next_msg(timeout=TIMEOUT_SECONDS) for _ in range(expected)]
            await answers.unsubscribe()
            return [json.loads(each.data) for each in received]

        return self._run(ask())

    def has_durable(self, name: str) -> bool:
        try:
            self._run(self._nc.jetstream().consumer_info("ORDERS", name))
        except NotFoundError:
            return False
        return True

    @contextmanager
    def durable(self, name: str) -> Iterator[Callable[[], Message]]:
        """Make a durable of our own on ORDERS, and hand out `nats consumer next`, without ack."""
        config = ConsumerConfig(ack_policy=AckPolicy.EXPLICIT, ack_wait=0.5)
        jetstream = self._nc.jetstream()
        make = jetstream.pull_subscribe("orders.>", durable=name, stream="ORDERS", config=config)
        subscription = self._run(make)
        try:
            yield lambda: _plain(self._run(subscription.fetch(1, timeout=TIMEOUT_SECONDS))[0])
        finally:
            self._run(subscription.unsubscribe())
            self._run(jetstream.delete_consumer("ORDERS", name))

    @contextmanager
    def listening(self, subject: str, *, queue: str = "") -> Iterator[list[Message]]:
        """Subscribe to a subject, or with `queue` join the queue group as one more member."""
        messages: list[Message] = []

        async def note(message: Msg) -> None:
            messages.append(_plain(message))

        async def subscribe() -> Any:
            subscription = await self._nc.subscribe(subject, queue=queue, cb=note)
            await self._until_the_server_has_it()
            return subscription

        subscription = self._run(subscribe())
        try:
            yield messages
        finally:
            self._run(subscription.unsubscribe())

    def _run[T](self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(
            at_most(TIMEOUT_SECONDS)
        )


def _plain(message: Msg | RawStreamMsg) -> Message:
    return Message(
        subject=message.subject or "",
        headers=dict(message.headers or {}),
        data=message.data or b"",
    )


async def _ignore(error: Exception) -> None:
    """Errors in between, as of a server that restarts, are repaired by the reconnect."""
