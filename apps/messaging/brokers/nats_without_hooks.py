"""Publishes without hooks: for the lab, whose own messages must not trigger hooks again."""

from collections.abc import Callable
from concurrent.futures import Future

from nats.aio.client import Client
from nats.aio.msg import Msg

from apps.messaging.brokers import nats_for_threads

CONNECT_WITHIN_SECONDS = 0.5


def send(subject: str, body: bytes = b"", *, flush: bool = False) -> Future[None]:
    """Send without waiting. If NATS is away the message is lost, and the future has `BrokerAway`.

    With `flush` the future is done only when the server has the message.
    """

    async def work(nc: Client) -> None:
        await nc.publish(subject, body)
        if flush:
            await nc.flush(1)

    return nats_for_threads.post(work, timeout=CONNECT_WITHIN_SECONDS)


def listen(subject: str, on_body: Callable[[bytes], None]) -> None:
    """Call `on_body` with each message, in the loop's thread, so it must be quick.

    It begins with the connection, which the next `send` makes.
    """

    async def on_msg(msg: Msg) -> None:
        on_body(msg.data)

    nats_for_threads.listen(subject, on_msg)
