"""One delivery of a job: the received job, its handling, and the verdict on the attempt.

A job that another worker has by the time it fails is left to that worker.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings

from apps.messaging.errors import MessageUnreadable
from apps.messaging.handling import dead_letters
from apps.messaging.handling.attempts import DATABASE_ERRORS
from apps.messaging.handling.database import forget_connection, needing_writes
from apps.messaging.handling.judging import RetryPolicy, detecting_poison, message_at, verdict_of
from apps.messaging.handling.verdicts import Ack, NotOurs, Reject, Verdict
from apps.messaging.hooks import ReachesHooks
from apps.messaging.hooks.steps import processing
from apps.messaging.jobs.lease import JobLease
from apps.messaging.message import deduplication_id
from apps.messaging.models import DeadLetter
from apps.messaging.worker.time_limits import at_most

if TYPE_CHECKING:
    # It loads boto3, which most processes that show a job do without.
    from apps.messaging.jobs.job_queue import JobQueue

logger = logging.getLogger(__name__)

LONGEST_DELAY_SECONDS = 600.0
"""Seconds between two attempts at a job."""
LOOK_AGAIN_SECONDS = 1.0
"""A job that has waited longer since its look-up may have been dropped meanwhile."""


@dataclass(kw_only=True, eq=False)
class ReceivedJob(ReachesHooks):
    """A job that is hidden from other receivers for as long as its receipt handle holds.

    Work that takes long calls `lease.check()` between its steps.
    """

    queue: str
    headers: Mapping[str, str]
    body: str
    attempt: int
    sqs_id: str
    receipt_handle: str
    sent_at: datetime | None = None
    lease: JobLease = field(default_factory=JobLease)
    is_dropped: bool | None = None
    """Whether a person had dropped it at `looked_up_at`; None if this was not looked up."""
    looked_up_at: float = 0.0
    """By the monotonic clock, in seconds."""

    @property
    def transport(self) -> str:
        """Return the transport for a dead letter of it."""
        return DeadLetter.Transport.SQS

    @property
    def consumer(self) -> str:
        """Return the name of the consumer, which is that of the queue."""
        return self.queue

    @property
    def destination(self) -> str:
        """Return its queue."""
        return self.queue

    @property
    def log_fields(self) -> dict[str, str]:
        """Return the fields of each log line about it."""
        return {"queue": self.queue}

    @property
    def message_id(self) -> str:
        """Return the id, the same for every delivery: the sender's `ce-id`, or else SQS's own."""
        return deduplication_id(self.headers) or self.sqs_id

    @cached_property
    def identity(self) -> str:
        """Return a digest that identifies the job, also after a redrive."""
        return dead_letters.identity_of(self)


def looked_up(jobs: Sequence[ReceivedJob]) -> list[ReceivedJob]:
    """Return the jobs, and of each whether it was dropped: one look-up for all of one queue.

    If the database does not answer, each job looks for itself when its turn comes; so does one
    that has waited for long by then. So nothing checks the connection of this thread before.
    """
    if not jobs:
        return []
    now = time.monotonic()
    try:
        dropped = dead_letters.dropped_among(
            [job.identity for job in jobs], consumer=jobs[0].consumer
        )
    except DATABASE_ERRORS:
        forget_connection()
        return list(jobs)
    for job in jobs:
        job.is_dropped, job.looked_up_at = job.identity in dropped, now
    return list(jobs)


type Handler = Callable[[ReceivedJob], None]
"""It may be called twice for a job. `MessageUnreadable` makes a dead letter; any other error is a
retry, and after `max_failures` a dead letter."""


def deliver(queue: "JobQueue", handle: Handler, job: ReceivedJob) -> Verdict:
    """Handle one job, and return the verdict. Raises `DatabaseAway`, and nothing else."""
    with processing(job):
        try:
            with detecting_poison(job, max_failures=queue.max_failures):
                _handle(queue, handle, job)
        except Exception as error:  # Handlers may fail in any way; the verdict is recorded.
            return _verdict_of(error, queue, job)
        return Ack()


def _handle(queue: "JobQueue", handle: Handler, job: ReceivedJob) -> None:
    job.reached("job.received")
    counted = message_at(job)
    if _is_dropped(job):
        logger.info("dropped letter skipped", extra={"message_id": job.message_id})
        return
    job.lease.check()
    with at_most(_longest(queue), queue.name, counted):
        handle(job)
        job.reached("job.handled")
    logger.info(
        "job done",
        extra={"queue": job.queue, "message_id": job.message_id, "attempt": job.attempt},
    )


def _is_dropped(job: ReceivedJob) -> bool:
    if job.is_dropped is None or time.monotonic() > job.looked_up_at + LOOK_AGAIN_SECONDS:
        return dead_letters.is_dropped(consumer=job.queue, identity=job.identity)
    return job.is_dropped


def _verdict_of(error: Exception, queue: "JobQueue", job: ReceivedJob) -> Verdict:
    fields = {"queue": job.queue, "message_id": job.message_id, "attempt": job.attempt}
    if job.lease.is_lost and not isinstance(error, MessageUnreadable):
        logger.warning("job stopped", extra=fields)
        return NotOurs()
    policy = RetryPolicy(
        max_failures=queue.max_failures,
        first_delay=queue.retry_seconds,
        longest_delay=LONGEST_DELAY_SECONDS,
        hook="job.failed",
        at_least=settings.RETRIES.jobs_for,
    )
    verdict = verdict_of(error, job, policy)
    if isinstance(verdict, Reject) and queue.when_dead:
        with at_most(_longest(queue), f"{queue.name}, when dead"), needing_writes():
            queue.when_dead(job.body, verdict.reason)
    return verdict


def _longest(queue: "JobQueue") -> float:
    return queue.longest_seconds or settings.LONGEST_TIMES.job
