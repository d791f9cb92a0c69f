"""Collects messages that the broker gave up, so that no worker could write a dead letter.

JetStream sends an advisory, which a stream stores; SQS moves the job to its dead letter queue.
"""

import asyncio
import logging
from dataclasses import replace
from typing import Annotated

from django.conf import settings
from django.utils.module_loading import import_string
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from pydantic import PositiveInt, StringConstraints

from apps.messaging.brokers.jetstream_pull import Pull
from apps.messaging.brokers.nats_connection import NOT_SERVED, reason_of
from apps.messaging.brokers.nats_for_workers import connected
from apps.messaging.brokers.sqs import (
    BATCH,
    QueueAway,
    QueueGone,
    client,
    queue_url,
    reaching_sqs,
)
from apps.messaging.errors import BrokerAway, MessageUnreadable
from apps.messaging.events.delivery import Delivery
from apps.messaging.events.streams import ADVISORIES, ADVISORY_DURABLE
from apps.messaging.handling import dead_letters
from apps.messaging.handling.attempts import DATABASE_ERRORS
from apps.messaging.handling.database import ASK_EVERY_SECONDS, until_it_takes_writes
from apps.messaging.jobs import receipts
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.job_queue import JobQueue, make_again
from apps.messaging.message import Payload
from apps.messaging.worker.lifecycle import Worker
from apps.messaging.worker.outage import Outage
from apps.messaging.worker.threads import in_pool
from apps.messaging.worker.time_limits import in_time

logger = logging.getLogger(__name__)

_Name = Annotated[str, StringConstraints(pattern=r"^[\w-]{1,64}$")]


class Undeliverable(Payload):
    """The fields of an advisory that we read; the message itself is still in its stream."""

    stream: _Name
    consumer: _Name
    stream_seq: PositiveInt
    deliveries: PositiveInt


async def collecting(worker: Worker) -> None:
    """The worker's loop: the advisories and each dead letter queue, side by side."""
    async with asyncio.TaskGroup() as sources:
        sources.create_task(_collect_advisories(worker))
        for path in settings.MESSAGING_QUEUES:
            sources.create_task(_collect_queue(import_string(path), worker))


async def _collect_advisories(worker: Worker) -> None:
    outage = Outage(logger, begun="cannot read advisories", ended="reads advisories again")
    async with connected(worker) as nc:
        while not worker.stopping.is_set():
            try:
                await _read_advisories(nc, worker, outage)
            except NOT_SERVED as error:
                worker.not_ready()
                outage.met(reason_of(error))
                await worker.sleep(1.0)


async def _read_advisories(nc: Client, worker: Worker, outage: Outage) -> None:
    advisories = await Pull.bind(
        nc, stream=ADVISORIES.name, consumer=ADVISORY_DURABLE, batch=10, seconds=1.0
    )
    jetstream = nc.jetstream()
    outage.over()
    worker.ready()
    while not worker.stopping.is_set():
        worker.step()
        for advisory in await advisories.fetch():
            try:
                await _bury_undeliverable(jetstream, advisory)
            except DATABASE_ERRORS:
                # This durable has no limit of deliveries, so the advisory is redelivered.
                await advisory.nak(delay=ASK_EVERY_SECONDS)
                await until_it_takes_writes(worker)
            else:
                await advisory.ack()
        worker.ready()


async def _bury_undeliverable(jetstream: JetStreamContext, advisory: Msg) -> None:
    try:
        lost = Undeliverable.read(advisory.data)
        message = await jetstream.get_msg(lost.stream, lost.stream_seq)
    except (MessageUnreadable, NotFoundError) as error:
        # The server's own advisories are readable; but any client can publish on their subject.
        logger.error("not collected", extra={"subject": advisory.subject, "error": str(error)})
        return
    delivery = Delivery(
        consumer=lost.consumer,
        subject=message.subject or "",
        # nats-py returns a header that is not ASCII as an object here, and as text elsewhere.
        headers={name: str(value) for name, value in (message.headers or {}).items()},
        body=message.data or b"",
        stream=lost.stream,
        sequence=lost.stream_seq,
        attempt=lost.deliveries,
        stored_at=message.time,
    )
    bury = in_time(_bury_delivery, None, lost.consumer)
    await in_pool(None, bury, delivery)


def _bury_delivery(delivery: Delivery) -> None:
    reason = f"delivered {delivery.attempt} times and never acknowledged"
    dead_letters.bury(delivery, reason=reason, attempts=delivery.attempt)


async def _collect_queue(queue: JobQueue, worker: Worker) -> None:
    outage = Outage(
        logger,
        begun="dead letter queue away",
        ended="dead letter queue back",
        queue=queue.dead_letter_name,
    )
    is_whole = False
    while not worker.stopping.is_set():
        try:
            if not is_whole:
                # Of a queue that was made again, its dead letter queue may be all that there is.
                await in_pool(None, check_whole, queue)
                is_whole = True
            take_in = in_time(_take_in, None, queue.dead_letter_name)
            await in_pool(None, take_in, queue)
            outage.over()
        except BrokerAway as error:
            is_whole = False
            outage.met(str(error))
            if isinstance(error, QueueGone):
                # All queues, also those whose own workers may not create them.
                await in_pool(None, make_again, queue)
            await worker.sleep(2.0)
        except DATABASE_ERRORS:
            # Received messages are not deleted, and are delivered again.
            await until_it_takes_writes(worker)


def check_whole(queue: JobQueue) -> None:
    """Raise `QueueGone` if only a part of the queue exists: its maker died, or SQS did not answer.

    Raises `BrokerAway` if SQS does not answer. A process that may not see the queue assumes that it
    is whole: at the real SQS an operator creates it.
    """
    try:
        with reaching_sqs():
            found = client().get_queue_attributes(
                QueueUrl=queue_url(queue.name), AttributeNames=["RedrivePolicy"]
            )
    except QueueGone:
        raise
    except QueueAway:
        return
    if "RedrivePolicy" not in found.get("Attributes", {}):
        raise QueueGone(f"{queue.name} has no dead letter queue")


def _take_in(queue: JobQueue) -> None:
    jobs = receipts.receive(
        queue.dead_letter_name,
        at_most=BATCH,
        wait_seconds=min(5, settings.SQS_WAIT_SECONDS),
    )
    if not jobs:
        return
    for job in jobs:
        _bury_job(queue, job)
    receipts.delete(
        jobs
    )  # Those that could not be deleted are delivered again, which changes nothing.


def _bury_job(queue: JobQueue, job: ReceivedJob) -> None:
    reason = f"received {queue.max_receive_count} times and never deleted"
    # It arrived from the dead letter queue, and is a letter of the queue that it was sent to.
    sent = replace(job, queue=queue.name)
    dead_letters.bury(sent, reason=reason, attempts=queue.max_receive_count)
    if queue.when_dead:
        queue.when_dead(job.body, reason)
