"""Core queue group: one member of the group gets each message; without members it is lost.

At most once. Use it for work that may be lost, because the system works without its result.
"""

import logging
import traceback
import uuid
from collections.abc import Awaitable, Callable
from functools import partial

from django.db import transaction
from nats.aio.msg import Msg

from apps.messaging.brokers.nats_for_workers import connected, idle, subscribed, take_no_more
from apps.messaging.errors import MessageUnreadable
from apps.messaging.handling.dead_letters import GivenUp, bury
from apps.messaging.hooks.steps import created, processing
from apps.messaging.message import Payload, check_size, deduplication_id
from apps.messaging.models import DeadLetter
from apps.messaging.pubsub.broadcast import publish
from apps.messaging.pubsub.core_message import CoreMessage
from apps.messaging.worker.concurrency import Concurrency
from apps.messaging.worker.lifecycle import Worker
from apps.messaging.worker.threads import in_pool, pool_of
from apps.messaging.worker.time_limits import in_time

logger = logging.getLogger(__name__)


def offer(subject: str, body: Payload) -> None:
    """Offer work to one present member after the commit.

    A loss is logged, never raised. Raises `MessageTooLarge` over 64 KiB.
    """
    data, headers = body.to_json().encode(), {"traceparent": created("send", subject)}
    check_size(data, headers)
    transaction.on_commit(partial(publish, subject, data, headers), robust=True)


def serving(
    subject: str,
    group: str,
    handle: Callable[[bytes], None],
    *,
    concurrency: int = 2,
    longest_seconds: float | None = None,
) -> Callable[[Worker], Awaitable[None]]:
    """Return the loop of one member; `handle` gets the body, in one of `concurrency` threads.

    `MessageUnreadable` makes a dead letter; any other error is logged, and the work is lost. Where
    `handle` takes longer than `longest_seconds` (None: `HANDLER_SECONDS`), the member's process
    ends, and the work is lost as well.
    """

    async def loop(worker: Worker) -> None:
        in_time_handle = in_time(handle, longest_seconds, subject)
        handle_one = partial(_handle_or_lose, worker.name, in_time_handle)
        running = Concurrency(concurrency)

        async def callback(msg: Msg) -> None:
            await running.start(partial(in_pool, threads, handle_one, msg))

        with pool_of(concurrency, name="member") as threads:
            async with connected(worker) as nc:
                subscription = await nc.subscribe(subject, queue=group, cb=callback)
                await subscribed(nc, worker)
                worker.ready()
                await idle(nc, worker)
                await take_no_more(nc, subscription)
                await running.finish()

    return loop


def _handle_or_lose(consumer: str, handle: Callable[[bytes], None], msg: Msg) -> None:
    try:
        with processing(CoreMessage.of(msg, group=consumer)):
            _handle_or_bury(consumer, handle, msg)
    except Exception as error:
        logger.exception("work lost", extra={"subject": msg.subject, "error": repr(error)})


def _handle_or_bury(consumer: str, handle: Callable[[bytes], None], msg: Msg) -> None:
    message = CoreMessage.of(msg, group=consumer)
    try:
        message.reached("group.received")
        handle(msg.data)
        message.reached("group.handled")
    except MessageUnreadable as error:
        given_up = GivenUp(
            transport=DeadLetter.Transport.QUEUE_GROUP,
            consumer=consumer,
            # Only a redrive sends it again, so each arrival is a message of its own.
            message_id=deduplication_id(message.headers) or str(uuid.uuid4()),
            destination=message.subject,
            body=message.body,
            headers=message.headers,
        )
        stack = "".join(traceback.format_exception(error))
        bury(given_up, reason=str(error), traceback=stack)
