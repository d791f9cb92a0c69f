"""A nats-py client with quicker ways to send: for an answer, a question, and a batch.

nats-py's `publish` checks each subject and header, and leaves the sending to a task. An answer
needs no check, since its subject came from the server. A thread waits for a question, so a turn of
the event loop before it is sent counts. The commands of a batch are encoded together.
"""

from contextlib import suppress

import nats.errors
from nats.aio.client import Client


class QuickClient(Client):
    """Sends an answer, a question, or commands that are encoded already."""

    async def respond(self, reply: str, payload: bytes) -> None:
        """Publish an answer, without headers, to the reply subject of a message: an inbox.

        The server has checked how that subject is written. Raises `OutboundBufferLimitError` while
        the connection is lost, and `MaxPayloadError`, as `publish` does.
        """
        if not self.is_connected:
            raise nats.errors.OutboundBufferLimitError
        if len(payload) > self.max_payload:
            raise nats.errors.MaxPayloadError
        await self._send_publish(reply, "", payload, len(payload), None)

    def publish_now(
        self,
        subject: str,
        payload: bytes = b"",
        *,
        reply: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        """Publish and send, in a function of the event loop's thread that is no coroutine.

        nats-py's `publish` is one, but it only writes to a buffer and waits for nothing.
        """
        with suppress(StopIteration):
            self.publish(subject, payload, reply=reply, headers=headers).send(None)
        self.send_pending()

    def send_pending(self) -> None:
        """Send the pending commands now; nats-py would do it a turn of the event loop later."""
        if self._transport and self._pending and self.is_connected:
            self._transport.writelines(self._pending)
            self._pending, self._pending_data_size = [], 0

    async def write(self, commands: bytes) -> None:
        """Send commands that are encoded already, before whatever is sent next.

        Raises `OutboundBufferLimitError` while the connection is lost, as `publish` does.
        """
        if not self.is_connected:
            raise nats.errors.OutboundBufferLimitError
        await self._send_command(commands)
