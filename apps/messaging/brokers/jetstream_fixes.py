"""Fixes for nats-py's JetStream, so that every publish ends, with an ack or with an error.

nats-py 2.16 has two bugs: each keeps a permit of `publish_async` forever, and a relay without
permits sends nothing more.
"""

from asyncio import Future
from typing import Any

from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import PubAck
from nats.js.errors import APIError


class PatchedJetStream(JetStreamContext):
    """A JetStream context whose permits are never lost; for one publisher at a time."""

    async def publish_async(self, *args: Any, **options: Any) -> Future[PubAck]:
        """Give the permit back if the message could not even be written."""
        newest = self._newest()
        try:
            return await super().publish_async(*args, **options)
        except BaseException:
            if (unsent := self._newest()) is not newest and unsent is not None:
                unsent.cancel()
            raise

    def _newest(self) -> Future[PubAck] | None:
        return next(reversed(self._publish_async_futures.values()), None)

    async def _handle_async_reply(self, msg: Msg) -> None:
        """Return the server's error: `APIError.from_error` raises it and returns nothing (#985)."""
        try:
            await super()._handle_async_reply(msg)
        except APIError as error:
            future = self._publish_async_futures.get(msg.subject.rpartition(".")[2])
            if future and not future.done():
                future.set_exception(error)
