"""One delivery of a job, without SQS: handle it and judge it.

A job that another worker has by the time it fails is left to that worker.
"""

import logging
from collections.abc import Callable
from functools import partial

from django.conf import settings

from apps.messaging import hooks
from apps.messaging.handling import dead_letters
from apps.messaging.handling.judging import Rules, jittered, judge, who
from apps.messaging.handling.verdicts import Verdict
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.job_queue import JobQueue
from apps.messaging.worker.time_limits import at_most

logger = logging.getLogger(__name__)

LONGEST_DELAY = 600.0

type Handler = Callable[[ReceivedJob], None]


def deliver(queue: JobQueue, handle: Handler, job: ReceivedJob) -> Verdict:
    """Handle one job and judge it. Raises `DatabaseAway`, and nothing else."""
    rules = Rules(
        max_failures=queue.max_failures,
        delay=partial(retry_delay, queue),
        failed="job.failed",
        is_lost=lambda: job.lease.is_lost,
        when_dead=partial(queue.when_dead, job.body) if queue.when_dead else None,
    )
    return judge(job, partial(_handle, queue, handle, job), rules)


def _handle(queue: JobQueue, handle: Handler, job: ReceivedJob) -> None:
    hooks.reached("job.received", job)
    if dead_letters.is_dropped(consumer=queue.name, identity=job.identity):
        logger.info("dropped letter skipped", extra={"message_id": job.message_id})
        return
    job.lease.check()
    longest = queue.longest_seconds or settings.LONGEST_TIMES.job
    with at_most(longest, queue.name, who(job)):
        handle(job)
        hooks.reached("job.handled", job)
    logger.info(
        "job done",
        extra={"queue": job.queue, "message_id": job.message_id, "attempt": job.attempt},
    )


def retry_delay(queue: JobQueue, failures: int) -> float:
    """Return seconds: 5, 10, 20 ... up to ten minutes, a fifth of it at random either way."""
    return jittered(min(queue.retry_seconds * 2.0 ** (failures - 1), LONGEST_DELAY))
