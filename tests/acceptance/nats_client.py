"""Plain nats-py on a loop of its own, so that a test reads like commands at a terminal."""

import asyncio
import json
import threading
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import nats
from nats.aio.msg import Msg
from nats.js.api import PubAck, RawStreamMsg

TIMEOUT = 10.0


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
            await self._nc.flush()

        self._run(send())

    def store(
        self, subject: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> PubAck:
        """Publish on a subject that a stream keeps; return once the stream has it."""
        send = self._nc.jetstream().publish(subject, body, headers=dict(headers or {}) or None)
        ack: PubAck = self._run(send)
        return ack

    def stored(self, sequence: int) -> RawStreamMsg:
        found: RawStreamMsg = self._run(self._nc.jetstream().get_msg("ORDERS", sequence))
        return found

    def request(self, subject: str, body: bytes = b"", *, timeout: float = 1.0) -> Msg:
        answer: Msg = self._run(self._nc.request(subject, body, timeout=timeout))
        return answer

    def ask_all(self, subject: str, *, expected: int) -> list[dict[str, Any]]:
        """Ask everybody who listens, as `nats micro` does; return the first answers."""

        async def ask() -> list[dict[str, Any]]:
            inbox = self._nc.new_inbox()
            answers = await self._nc.subscribe(inbox)
            await self._nc.publish(subject, reply=inbox)
            received = [await answers.next_msg(timeout=2) for _ in range(expected)]
            await answers.unsubscribe()
            return [json.loads(each.data) for each in received]

        return self._run(ask())

    @contextmanager
    def listening(self, subject: str, *, queue: str = "") -> Iterator[list[Msg]]:
        """Hear what flies by, or with `queue` be one more member of the group."""
        heard: list[Msg] = []

        async def note(message: Msg) -> None:
            heard.append(message)

        async def subscribe() -> Any:
            subscription = await self._nc.subscribe(subject, queue=queue, cb=note)
            await self._nc.flush()
            return subscription

        subscription = self._run(subscribe())
        try:
            yield heard
        finally:
            self._run(subscription.unsubscribe())

    def _run[T](self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(TIMEOUT)


async def _ignore(error: Exception) -> None:
    """What goes wrong in between, a server that restarts, is for the reconnect to mend."""
