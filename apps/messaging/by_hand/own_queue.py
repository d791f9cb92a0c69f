"""A queue of a person's own: receive one job, hide it for longer, delete it by any of its handles.

A receipt handle is all that a call needs, so any process may make it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from apps.messaging.brokers.queue_names import name_at_sqs
from apps.messaging.brokers.sqs import QueueGone, client, queue_url, reaching_sqs
from apps.messaging.jobs import job_queue, receipts
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.job_queue import JobQueue, OutgoingJob
from apps.messaging.message import Job, new_envelope

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

RETENTION = timedelta(hours=1)
ACCEPTED = ""
"""The answer to a call that SQS has accepted; any other is SQS's error code."""


@dataclass(frozen=True, kw_only=True)
class QueueByHand:
    """A queue without a dead letter queue; each received job is hidden for `visibility`."""

    name: str
    visibility: timedelta

    def make(self) -> None:
        """Make it, or replace one of its name. Raises `BrokerAway`.

        AWS refuses the name of a queue that was removed less than a minute ago.
        """
        self.remove()
        with reaching_sqs():
            client().create_queue(
                QueueName=name_at_sqs(self.name),
                Attributes={
                    "VisibilityTimeout": _seconds(self.visibility),
                    "MessageRetentionPeriod": _seconds(RETENTION),
                },
            )

    def remove(self) -> None:
        """Remove it, if it is there. Raises `BrokerAway`."""
        try:
            with reaching_sqs():
                client().delete_queue(QueueUrl=queue_url(self.name))
        except QueueGone:
            return

    def send(self, job: Job, *, key: str, traceparent: str) -> None:
        """Send a job to it, without the outbox. Raises `MessagingError`."""
        envelope = new_envelope(job, key=key, traceparent=traceparent)
        row = OutgoingJob(
            queue=self.name,
            message_id=envelope.id,
            headers=envelope.to_headers(),
            body=job.to_json(),
        )
        if error := job_queue.send_batch([row])[0]:
            raise error

    def receive(self) -> ReceivedJob | None:
        """Receive one job; None if none comes within a second. Raises `BrokerAway`."""
        jobs = receipts.receive(self.name, at_most=1, wait_seconds=1)
        if not jobs:
            return None
        # The worker's receive hides a job for the shop's own time.
        receipts.change_visibility(jobs, seconds=int(self.visibility.total_seconds()))
        return jobs[0]

    def hide(self, receipt_handle: str, *, time: timedelta) -> str:
        """Hide the job for this time from now on; zero shows it at once. Return SQS's answer.

        Raises `BrokerAway`.
        """
        seconds = int(time.total_seconds())
        return self._answered(
            lambda sqs, url: sqs.change_message_visibility(
                QueueUrl=url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
            )
        )

    def delete(self, receipt_handle: str) -> str:
        """Delete the job by one of its handles. Return SQS's answer. Raises `BrokerAway`."""
        return self._answered(
            lambda sqs, url: sqs.delete_message(QueueUrl=url, ReceiptHandle=receipt_handle)
        )

    def counts(self) -> dict[str, int] | None:
        """Return `{"visible", "in_flight"}`; None if the queue is gone. Raises `BrokerAway`."""
        try:
            return job_queue.counts(JobQueue(name=self.name))
        except QueueGone:
            return None

    def _answered(self, call: Callable[["SQSClient", str], object]) -> str:
        # The client is made inside, so that what botocore says of its settings is named too.
        with reaching_sqs():
            try:
                call(client(), queue_url(self.name))
            except ClientError as error:
                return _answer(error)
        return ACCEPTED


def _answer(error: ClientError) -> str:
    """Return the code if the handle is at fault; let any other error be named."""
    code = error.response["Error"]["Code"]
    if code not in _OF_THE_HANDLE:
        raise error
    return code


_OF_THE_HANDLE = {
    *receipts.NO_LONGER_OURS,
    "AWS.SimpleQueueService.MessageNotInflight",
    "InvalidParameterValue",
}


def _seconds(time: timedelta) -> str:
    return str(int(time.total_seconds()))
