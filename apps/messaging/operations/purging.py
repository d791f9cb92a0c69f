"""Purges streams and queues, for the reset of a demo.

The user of a service at NATS may not purge; the caller names one that may.
"""

import logging
from collections.abc import Sequence
from functools import partial

from botocore.exceptions import ClientError
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from apps.messaging.brokers.nats_for_once import NatsUser, once
from apps.messaging.brokers.sqs import BATCH, client, queue_url, reaching_sqs
from apps.messaging.events.streams import Stream
from apps.messaging.jobs.job_queue import JobQueue

logger = logging.getLogger(__name__)

SECONDS = 5.0
"""For all streams together."""
BUSY = {"PurgeQueueInProgress", "AWS.SimpleQueueService.PurgeQueueInProgress"}


def purge_streams(streams: Sequence[Stream], *, url: str, inbox_prefix: str) -> None:
    """Delete every message of the streams, on a connection of its own. Raises `BrokerAway`."""
    user = NatsUser(url=url, inbox_prefix=inbox_prefix)
    once(user, partial(_purge, streams), seconds=SECONDS, name="purging")


def purge_queue(queue: JobQueue) -> int:
    """Delete every message of a queue; return how many were received for that.

    SQS allows one purge a minute: meanwhile, visible messages are received and deleted instead.
    Raises `BrokerAway`.
    """
    with reaching_sqs():
        try:
            client().purge_queue(QueueUrl=queue_url(queue.name))
        except ClientError as error:
            if error.response["Error"]["Code"] not in BUSY:
                raise
            return drain(queue)
    return 0


def drain(queue: JobQueue) -> int:
    """Receive and delete the visible messages of a queue without hooks; return how many.

    Raises `BrokerAway`.
    """
    count = 0
    with reaching_sqs():
        url = queue_url(queue.name)
        while (
            messages := client()
            .receive_message(QueueUrl=url, MaxNumberOfMessages=BATCH, WaitTimeSeconds=0)
            .get("Messages")
        ):
            client().delete_message_batch(
                QueueUrl=url,
                Entries=[
                    {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"]}
                    for index, message in enumerate(messages)
                ],
            )
            count += len(messages)
    return count


async def _purge(streams: Sequence[Stream], nc: Client) -> None:
    jetstream = nc.jetstream(timeout=2)
    for stream in streams:
        try:
            await jetstream.purge_stream(stream.name)
        except NotFoundError:
            logger.info("no such stream", extra={"stream": stream.name})
        else:
            logger.warning("purged", extra={"stream": stream.name})
