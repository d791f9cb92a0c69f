"""Collects messages that the broker gave up, so that no worker could write a dead letter.

JetStream sends an advisory, which a stream stores; SQS moves the job to its dead letter queue.
"""

import asyncio
import logging
from dataclasses import replace

from apps.messaging.brokers.sqs import (
    BATCH,
    QueueAway,
    QueueGone,
    client,
    queue_url,
    reaching_sqs,
)
from apps.messaging.errors import BrokerAway
from apps.messaging.handling import dead_letters
from apps.messaging.handling.attempts import DATABASE_ERRORS
from apps.messaging.handling.database import until_it_takes_writes
from apps.messaging.jobs import receipts
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.job_queue import JobQueue, declared_queues, make_again
from apps.messaging.recovery.advisories import collect_advisories
from apps.messaging.worker.lifecycle import Worker
from apps.messaging.worker.outage import Outage
from apps.messaging.worker.threads import in_pool
from apps.messaging.worker.time_limits import in_time

PAUSE_SECONDS = 4.0
"""Seconds between two looks into an empty dead letter queue: each look is paid for."""

logger = logging.getLogger(__name__)


async def collecting(worker: Worker) -> None:
    """The worker's loop: the advisories and each dead letter queue, side by side."""
    async with asyncio.TaskGroup() as sources:
        sources.create_task(collect_advisories(worker.part()))
        for queue in declared_queues():
            sources.create_task(_collect_queue(queue, worker.part()))


async def _collect_queue(queue: JobQueue, worker: Worker) -> None:
    outage = Outage(
        logger,
        begun="dead letter queue away",
        ended="dead letter queue back",
        queue=queue.dead_letter_name,
    )
    is_whole = False
    while not worker.stopping.is_set():
        worker.ready()
        try:
            if not is_whole:
                # Of a queue that was made again, its dead letter queue may be all that there is.
                await in_pool(None, check_whole, queue)
                is_whole = True
            found = await in_pool(None, _take_in, queue)
            outage.over()
            if not found:
                await worker.sleep(PAUSE_SECONDS)
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


def _take_in(queue: JobQueue) -> bool:
    """Make dead letters of the jobs that are there. The time limit is for the database alone."""
    jobs = receipts.receive_soon(queue.dead_letter_name, at_most=BATCH)
    if jobs:
        in_time(_bury_jobs, None, queue.dead_letter_name)(queue, jobs)
        # Those that could not be deleted are delivered again, which changes nothing.
        receipts.delete(jobs)
    return bool(jobs)


def _bury_jobs(queue: JobQueue, jobs: list[ReceivedJob]) -> None:
    for job in jobs:
        _bury_job(queue, job)


def _bury_job(queue: JobQueue, job: ReceivedJob) -> None:
    reason = f"received {queue.max_receive_count} times and never deleted"
    # It arrived from the dead letter queue, and is a letter of the queue that it was sent to.
    sent = replace(job, queue=queue.name)
    dead_letters.bury(sent, reason=reason, attempts=queue.max_receive_count)
    if queue.when_dead:
        queue.when_dead(job.body, reason)
