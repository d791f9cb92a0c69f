"""SQS's receiving calls: receive, hide for longer, delete; each identifies a job by its receipt.

They reach the hooks of a worker's calls, so that its loops do not speak of faults.
"""

import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.conf import settings

from apps.messaging import hooks
from apps.messaging.brokers.sqs import (
    CallRejected,
    client,
    polling_client,
    queue_url,
    reaching_sqs,
)
from apps.messaging.jobs.delivery import ReceivedJob

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import MessageTypeDef

logger = logging.getLogger(__name__)

NO_LONGER_OURS = ("ReceiptHandleIsInvalid", "MessageNotInflight")
"""SQS's error codes for a job that is deleted, visible again, or received by another worker."""
REST_SECONDS = 1.0
"""Seconds that a poll takes if it is skipped on purpose."""


def poll_for(name: str, *, at_most: int, wait_seconds: int) -> list[ReceivedJob]:
    """Receive for a worker. Raises `BrokerAway`."""
    if hooks.skipped("job.polling"):
        time.sleep(REST_SECONDS)  # As if the queue were empty: the worker asks again at once.
        return []
    return receive(name, at_most=at_most, wait_seconds=wait_seconds)


def receive(name: str, *, at_most: int, wait_seconds: int) -> list[ReceivedJob]:
    """Long poll: return as soon as there is a message, or none after `wait_seconds`.

    Raises `BrokerAway`.
    """
    return _receive(polling_client(), name, at_most=at_most, wait_seconds=wait_seconds)


def receive_soon(name: str, *, at_most: int) -> list[ReceivedJob]:
    """Do the same in the time of any other call. Raises `BrokerAway` if SQS is slower than that."""
    wait = min(settings.SQS_WAIT_SECONDS, int(settings.LONGEST_TIMES.sqs_call / 2))
    return _receive(client(), name, at_most=at_most, wait_seconds=wait)


def _receive(sqs: "SQSClient", name: str, *, at_most: int, wait_seconds: int) -> list[ReceivedJob]:
    with reaching_sqs():
        answer = sqs.receive_message(
            QueueUrl=queue_url(name),
            MaxNumberOfMessages=at_most,
            WaitTimeSeconds=wait_seconds,
            VisibilityTimeout=settings.SQS_VISIBILITY_TIMEOUT,
            # SQS sends neither unless it is requested.
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
        )
    return [_received(name, message) for message in answer.get("Messages", [])]


def delete(jobs: Sequence[ReceivedJob]) -> list[ReceivedJob]:
    """Delete up to ten jobs of one queue; return those that must be tried again.

    Raises `BrokerAway`.
    """
    if hooks.skipped("job.deleting", *jobs):
        return list(jobs)
    with reaching_sqs():
        answer = client().delete_message_batch(
            QueueUrl=queue_url(jobs[0].queue),
            Entries=[
                {"Id": str(index), "ReceiptHandle": job.receipt_handle}
                for index, job in enumerate(jobs)
            ],
        )
    hooks.reached("job.deleted", *jobs)
    # A handle that is no longer valid means that the job is deleted, or another worker has it.
    return [
        jobs[int(failed["Id"])]
        for failed in answer.get("Failed", [])
        if failed["Code"] != "ReceiptHandleIsInvalid"
    ]


def extend(jobs: Sequence[ReceivedJob]) -> list[ReceivedJob]:
    """Hide up to ten jobs of one queue for a whole visibility timeout from now on.

    Returns those with a lost lease. Raises `BrokerAway`.
    """
    if hooks.skipped("job.heartbeat", *jobs):
        return []
    return change_visibility(jobs, seconds=settings.SQS_VISIBILITY_TIMEOUT)


def change_visibility(jobs: Sequence[ReceivedJob], *, seconds: int) -> list[ReceivedJob]:
    """Hide up to ten jobs of one queue for that many seconds; return those with a lost lease.

    Raises `BrokerAway`.
    """
    try:
        with reaching_sqs():
            answer = client().change_message_visibility_batch(
                QueueUrl=queue_url(jobs[0].queue),
                Entries=[
                    {
                        "Id": str(index),
                        "ReceiptHandle": job.receipt_handle,
                        "VisibilityTimeout": seconds,
                    }
                    for index, job in enumerate(jobs)
                ],
            )
    except CallRejected as error:
        return _change_one_by_one(jobs, seconds, error)
    # Any other failure may be temporary; the next heartbeat tries again.
    return [
        jobs[int(failed["Id"])]
        for failed in answer.get("Failed", [])
        if failed["Code"] in NO_LONGER_OURS
    ]


def _change_one_by_one(
    jobs: Sequence[ReceivedJob], seconds: int, error: CallRejected
) -> list[ReceivedJob]:
    """Find the job for which moto rejects all ten; its lease counts until its time is over."""
    if len(jobs) == 1:
        logger.warning(
            "a job's time is not changed",
            extra={"message_id": jobs[0].message_id, "error": str(error)},
        )
        return []
    return [lost for job in jobs for lost in change_visibility([job], seconds=seconds)]


def _received(name: str, message: "MessageTypeDef") -> ReceivedJob:
    return ReceivedJob(
        queue=name,
        headers={
            header: attribute["StringValue"]
            for header, attribute in message.get("MessageAttributes", {}).items()
            if "StringValue" in attribute
        },
        body=message["Body"],
        attempt=int(message["Attributes"]["ApproximateReceiveCount"]),
        sqs_id=message["MessageId"],
        receipt_handle=message["ReceiptHandle"],
        sent_at=datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, tz=UTC),
    )
