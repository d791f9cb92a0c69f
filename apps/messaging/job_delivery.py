"""One delivery of a job, without SQS: handle it and judge it.

A handler ends in three ways: it returns (delete the job), the job is unreadable (a dead letter,
then delete), or anything else is raised (hide it for a while; the last try is a dead letter).
Where the job is somebody else's by then, it is theirs to judge.
"""

import logging
import random
import traceback
from collections.abc import Callable

from django.conf import settings

from apps.messaging import attempts, dead_letters, hooks
from apps.messaging.attempts import REFUSED
from apps.messaging.database import DatabaseAway, busy_delay, is_busy
from apps.messaging.errors import MessageUnreadable
from apps.messaging.job_queue import JobQueue
from apps.messaging.job_receipts import ReceivedJob
from apps.messaging.models import DeadLetter
from apps.messaging.time_limits import at_most
from apps.messaging.tracing import following
from apps.messaging.verdicts import Done, Hopeless, Later, Verdict

logger = logging.getLogger(__name__)

LONGEST_DELAY = 600.0


class Lost(Verdict):
    """Leave it alone: it is somebody else's now."""


type Handler = Callable[[ReceivedJob], None]


def deliver(queue: JobQueue, handle: Handler, job: ReceivedJob) -> Verdict:
    """Handle one job and judge it. Raises `DatabaseAway`, and nothing else."""
    with following(job.headers.get("traceparent", "")):
        try:
            return _begin(queue, handle, job)
        except MessageUnreadable as error:
            return _bury(queue, job, error, told=str(error))
        except Exception as error:  # The one place where a handler may fail in any way.
            if job.lease.is_lost:
                return _let_go(job)
            return _try_again(job, error) if is_busy(error) else _retry_or_bury(queue, job, error)


def _begin(queue: JobQueue, handle: Handler, job: ReceivedJob) -> Verdict:
    """Handle it; one that comes again may have killed its worker, so that is watched."""
    if job.attempt == 1:
        return _handle(queue, handle, job)
    known = {"consumer": queue.name, "message_id": job.message_id}
    if reason := attempts.ended_its_process(**known, times=queue.max_failures):
        raise MessageUnreadable(reason)
    with attempts.witnessed(**known):
        return _handle(queue, handle, job)


def _handle(queue: JobQueue, handle: Handler, job: ReceivedJob) -> Verdict:
    hooks.reached("job.received", job)
    if dead_letters.is_dropped(consumer=queue.name, identity=job.identity):
        logger.info("dropped letter skipped", extra={"message_id": job.message_id})
        return Done()
    job.lease.check()
    longest = queue.longest_seconds or settings.LONGEST_TIMES.job
    with at_most(longest, queue.name, consumer=queue.name, message_id=job.message_id):
        handle(job)
        hooks.reached("job.handled", job)
    logger.info(
        "job done",
        extra={"queue": job.queue, "message_id": job.message_id, "attempt": job.attempt},
    )
    return Done()


def _let_go(job: ReceivedJob) -> Verdict:
    known = {"queue": job.queue, "message_id": job.message_id, "attempt": job.attempt}
    logger.warning("job stopped", extra=known)
    return Lost()


def _try_again(job: ReceivedJob, error: Exception) -> Verdict:
    """Others hold what it needs: no fault of the job's, so nothing is counted."""
    delay = busy_delay(job.attempt)
    told = {"queue": job.queue, "message_id": job.message_id, "delay": delay}
    logger.warning("rows are busy, will try again", extra=told | {"error": str(error)})
    return Later(delay)


def _retry_or_bury(queue: JobQueue, job: ReceivedJob, error: Exception) -> Verdict:
    known = {"consumer": queue.name, "message_id": job.message_id}
    try:
        attempts.record(**known, error=error)
        failures = attempts.count(**known)
    except REFUSED as away:
        raise DatabaseAway from away
    if failures >= queue.max_failures:
        return _bury(queue, job, error, told=f"given up after {failures} tries")
    delay = retry_delay(queue, failures)
    hooks.reached("job.failed", job, error=_named(error), delay=round(delay, 1))
    logger.error(
        "job failed, will retry",
        exc_info=error,
        extra={
            "queue": job.queue,
            "message_id": job.message_id,
            "attempt": failures,
            "delay": round(delay, 1),
        },
    )
    return Later(delay)


def _bury(queue: JobQueue, job: ReceivedJob, error: Exception, *, told: str) -> Verdict:
    """Keep the whole reason for us; `told` is what may be shown to whoever asked for the job."""
    try:
        dead_letters.bury(
            transport=DeadLetter.Transport.SQS,
            consumer=queue.name,
            message_id=job.message_id,
            destination=queue.name,
            reason=str(error) if isinstance(error, MessageUnreadable) else _named(error),
            body=job.body,
            headers=job.headers,
            attempts=attempts.count(consumer=queue.name, message_id=job.message_id) or 1,
            traceback="".join(traceback.format_exception(error)),
        )
        if queue.when_dead:
            queue.when_dead(job.body, told)
    except REFUSED as away:
        raise DatabaseAway from away
    return Hopeless()


def retry_delay(queue: JobQueue, failures: int) -> float:
    """Return seconds: 5, 10, 20 ... up to ten minutes, a fifth of it at random either way."""
    delay = min(queue.retry_seconds * 2.0 ** (failures - 1), LONGEST_DELAY)
    return delay * random.uniform(0.8, 1.2)


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
