"""Pulls from a durable, with no more messages and time for each pull than it allows.

nats-py (2.16) returns an empty list for a rejected pull, as if there was no message.
"""

import json
import logging
import time
from typing import Any, Self

from django.conf import settings
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.errors import APIError, Error

logger = logging.getLogger(__name__)

_NANOSECONDS = 1_000_000_000


class Pull:
    """A pull consumer that exists at the server; `bind` makes one of these.

    `batch` and `seconds` are the present values of each pull: those that were given, or the
    consumer's own `max_batch` and `max_expires` if they are less. The server's `max_request_batch`
    becomes such a limit of each durable, and of an older one when the server is restarted.
    """

    def __init__(self, nc: Client, stream: str, name: str, batch: int, seconds: float) -> None:
        self._nc, self._stream, self._name = nc, stream, name
        self._wished = self.batch, self.seconds = batch, seconds
        self._subscription: JetStreamContext.PullSubscription
        self._has_left = False

    @classmethod
    async def bind(
        cls, nc: Client, *, stream: str, consumer: str, batch: int, seconds: float
    ) -> Self:
        """Return a pull from this consumer: up to `batch` messages in a fetch of `seconds`.

        Raises `NotFoundError` if there is no such consumer.
        """
        pull = cls(nc, stream, consumer, batch, seconds)
        await pull._heed_limits()
        jetstream = nc.jetstream(timeout=settings.LONGEST_TIMES.nats_call)
        pull._subscription = await jetstream.pull_subscribe_bind(consumer=consumer, stream=stream)
        return pull

    async def fetch(self) -> list[Msg]:
        """Return the present messages; empty if none came in time.

        Raises `NotFoundError` if the consumer is gone.
        """
        begun = time.monotonic()
        try:
            messages = await self._subscription.fetch(self.batch, timeout=self.seconds)
        except TimeoutError:  # nats-py raises its own kind, and at times the plain one
            if time.monotonic() - begun > self.seconds / 2:
                return []
            messages = []
        if not messages:
            # Nothing came, or the pull was rejected: too large, or the consumer is gone.
            await self._heed_limits()
        return messages

    async def leave(self) -> list[Msg]:
        """Leave the consumer; later messages stay in the stream. A second call does nothing.

        Returns the messages that were on their way. nats-py's `unsubscribe` discards them, and the
        server then delivers them to others only after their `ack_wait`.
        """
        if self._has_left:
            return []
        self._has_left = True
        try:
            await self._nc._send_unsubscribe(self._subscription._sub._id)
            return await self._received_late()
        finally:
            # Otherwise nats-py subscribes again when it reconnects.
            await self._subscription.unsubscribe()

    async def _received_late(self) -> list[Msg]:
        if self._nc.is_connected:
            await self._nc.flush(1)
        queue = self._subscription._sub._pending_queue
        received = [queue.get_nowait() for _ in range(queue.qsize())]
        return [message for message in received if message.reply]  # The others are statuses.

    async def _heed_limits(self) -> None:
        config = await self._config()
        if config.get("deliver_subject"):
            raise Error(
                f"{self._name} pushes, and cannot be pulled from: delete this consumer of"
                f" {self._stream} and run manage.py provision"
            )
        batch, seconds = self._wished
        batch = min(batch, config.get("max_batch") or batch)
        seconds = min(seconds, (config.get("max_expires") or seconds * _NANOSECONDS) / _NANOSECONDS)
        if (batch, seconds) != (self.batch, self.seconds):
            logger.warning(
                "the consumer's limits say how much is fetched",
                extra={"consumer": self._name, "batch": batch, "seconds": seconds},
            )
            self.batch, self.seconds = batch, seconds

    async def _config(self) -> dict[str, Any]:
        # nats-py's own ConsumerConfig has no fields for the limits.
        subject = f"$JS.API.CONSUMER.INFO.{self._stream}.{self._name}"
        seconds = settings.LONGEST_TIMES.nats_call
        answer = json.loads((await self._nc.request(subject, timeout=seconds)).data)
        if error := answer.get("error"):
            APIError.from_error(error)  # It raises.
        config: dict[str, Any] = answer["config"]
        return config
