"""Publishes without hooks: for the lab, whose own messages must not trigger hooks again."""

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from nats.aio.client import Client
from nats.aio.msg import Msg

from apps.messaging.brokers import nats_for_threads
from apps.messaging.brokers.nats_py_fixes import PatchedClient

CONNECT_WITHIN_SECONDS = 0.5


def send(subject: str, body: bytes = b"") -> None:
    """Send without waiting. If NATS is away, the message is lost.

    A process may send hundreds a second: no coroutine, task or future is made for each.
    """
    if nats_for_threads.connection():
        nats_for_threads.do(partial(_publish, subject, body), failed=_lost)
    else:
        nats_for_threads.post(partial(_connected, subject, body), timeout=CONNECT_WITHIN_SECONDS)


def send_and_flush(subject: str, body: bytes = b"") -> Future[None]:
    """Send; the future is done when the server has the message, or has `BrokerAway`."""

    async def work(nc: Client) -> None:
        await nc.publish(subject, body)
        await nc.flush(1)

    return nats_for_threads.post(work, timeout=CONNECT_WITHIN_SECONDS)


def listen(subject: str, on_body: Callable[[bytes], None]) -> None:
    """Call `on_body` with each message, in the loop's thread, so it must be quick.

    It begins with the connection, which the next `send` makes.
    """

    async def on_msg(msg: Msg) -> None:
        on_body(msg.data)

    nats_for_threads.listen(subject, on_msg)


async def _connected(subject: str, body: bytes, nc: PatchedClient) -> None:
    _publish(subject, body, nc)


def _publish(subject: str, body: bytes, nc: PatchedClient) -> None:
    nc.publish_now(subject, body)


def _lost(_: Exception) -> None:
    """Do nothing: what is sent so may be lost."""
