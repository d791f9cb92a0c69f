"""The fixture `work`: a job reaches its handler as from SQS, with the verdict of a worker."""

import uuid
from datetime import UTC, datetime
from typing import Literal

from apps.messaging.jobs.delivery import Handler, ReceivedJob
from apps.messaging.jobs.delivery import deliver as deliver_job
from apps.messaging.jobs.job_queue import JobQueue, declared_queues
from apps.messaging.message import Job, new_envelope
from apps.messaging.testing.errors import KitError
from apps.messaging.testing.outcome import committing, dying_at, require_handled


class WorkOn:
    """Hands jobs to their handlers."""

    def __call__(
        self,
        job: Job,
        handle: Handler,
        *,
        times: int = 1,
        crash_before: Literal["delete"] | None = None,
    ) -> None:
        """Let `handle` work on the job, as the worker of its queue does.

        SQS may deliver a job again, as with `times=2`. With `crash_before` the worker dies when the
        work is done and before the job is deleted, and the job is delivered once more.

        Raises `WillRetry` or `DeadLettered` if the job is not done, after `when_dead` of its queue
        was called, and `KitError` if no queue of `MESSAGING_QUEUES` has its name.
        """
        queue, envelope = _queue_of(job), new_envelope(job, key="", traceparent="")
        deliveries = times + (crash_before is not None)
        sqs_id = str(uuid.uuid4())
        for attempt in range(1, deliveries + 1):
            received = ReceivedJob(
                queue=queue.name,
                headers=envelope.to_headers(),
                body=job.to_json(),
                attempt=attempt,
                sqs_id=sqs_id,
                receipt_handle=f"of delivery {attempt}",
                sent_at=datetime.now(UTC),
            )
            if crash_before and attempt == 1:
                with dying_at("job.handled"), committing():
                    require_handled(deliver_job(queue, handle, received), received)
            else:
                with committing():
                    verdict = deliver_job(queue, handle, received)
                require_handled(verdict, received)


def _queue_of(job: Job) -> JobQueue:
    for queue in declared_queues():
        if queue.name == job.queue:
            return queue
    raise KitError(
        f"no queue of MESSAGING_QUEUES has the name {job.queue}: name there the QUEUE of the app "
        f"whose jobs.py works on {type(job).__name__}"
    )
