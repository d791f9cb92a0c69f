"""Core publish-subscribe, fire and forget: only the present listeners receive a message.

Use it only if a loss is harmless, because the data can be read again elsewhere.
"""

import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from functools import partial

from django.db import transaction
from nats.aio.client import Client
from nats.aio.msg import Msg

from apps.messaging.brokers import nats_for_threads
from apps.messaging.brokers.nats_connection import CONNECTION_LOST
from apps.messaging.brokers.nats_for_workers import connected, idle, subscribed
from apps.messaging.errors import BrokerAway, MessageUnreadable
from apps.messaging.hooks.steps import created, processing
from apps.messaging.message import BroadcastMessage, check_size
from apps.messaging.pubsub.core_message import CoreMessage
from apps.messaging.worker.lifecycle import Worker
from apps.messaging.worker.outage import Outage

CONNECT_WITHIN_SECONDS = 1.0

logger = logging.getLogger(__name__)

_losses = Outage(logger, begun="not published", ended="published again")
"""`tries` of its last line is how many were lost."""


type OnMessage = Callable[[CoreMessage], None]


def announce(message: BroadcastMessage) -> None:
    """Broadcast the message after the commit; a failure is logged, never raised.

    Raises `MessageTooLarge` over 64 KiB.
    """
    body, headers = message.to_json().encode(), {"traceparent": created("send", message.subject)}
    check_size(body, headers)
    transaction.on_commit(partial(publish, message.subject, body, headers), robust=True)


def publish(subject: str, body: bytes, headers: dict[str, str]) -> None:
    """Send without waiting; if NATS is away the message is lost, and that is logged."""
    if CoreMessage(subject, headers, body).skipped("core.publishing"):
        logger.warning("not published", extra={"subject": subject, "error": "broken on purpose"})
        return
    sending = nats_for_threads.post(
        lambda nc: nc.publish(subject, body, headers=headers), timeout=CONNECT_WITHIN_SECONDS
    )
    sending.add_done_callback(partial(_log_loss, subject))


def listening(subject: str, on_message: OnMessage) -> Callable[[Worker], Awaitable[None]]:
    """Return a worker's loop that listens to `subject`, wildcards allowed, until it stops."""

    async def loop(worker: Worker) -> None:
        async with connected(worker) as nc:
            await hear(nc, subject, on_message)
            await subscribed(nc, worker)
            worker.ready()
            await idle(nc, worker)

    return loop


async def hear(nc: Client, subject: str, on_message: OnMessage) -> None:
    """Call `on_message` with each message, one after the other; it must be quick.

    Messages that arrive meanwhile wait in memory; an error of `on_message` is logged. A caller that
    must not miss a message waits with `subscribed` until the server has the subscription.
    """

    async def callback(msg: Msg) -> None:
        try:
            message = CoreMessage.of(msg)
            with processing(message):
                message.reached("core.heard")
                on_message(message)
        except MessageUnreadable as error:
            logger.warning("not understood", extra={"subject": msg.subject, "error": str(error)})

    await nc.subscribe(subject, cb=callback)


def _log_loss(subject: str, sending: Future[None]) -> None:
    if sending.cancelled():
        logger.warning("not published", extra={"subject": subject, "error": "the process ended"})
    elif (error := sending.exception()) is None:
        _losses.over()
    elif isinstance(error, (BrokerAway, *CONNECTION_LOST)):
        # One reason, however far the client had come with noticing it.
        _losses.met("NATS is away")
    else:
        logger.warning("not published", extra={"subject": subject, "error": repr(error)})
