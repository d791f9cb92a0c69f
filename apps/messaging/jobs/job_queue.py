"""SQS job queues: `provision` creates them, the relay sends to them, `worker.working` receives.

At least once: a standard queue may deliver a job again, so a repeat must be harmless.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

from apps.messaging.brokers.queue_names import name_at_sqs
from apps.messaging.brokers.sqs import (
    BATCH,
    CallRejected,
    QueueAway,
    client,
    is_messages_own,
    left_out,
    queue_url,
    reaching_sqs,
)
from apps.messaging.errors import BrokerAway, MessagingError

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.literals import QueueAttributeNameType
    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

_DAY = 24 * 3600
RETENTION_SECONDS = 4 * _DAY
"""For so long SQS keeps a job that was not deleted."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class JobQueue:
    """A queue and its dead letter queue `NAME-dlq`.

    A failed job is retried after about `retry_seconds`, then twice that, and so on; after
    `max_failures` and `JOB_RETRY_SECONDS` it is a dead letter. SQS itself counts receives, which
    grow at each outage: `max_receive_count` is for jobs that kill every worker.
    A job that takes longer than `longest_seconds` (None: `JOB_SECONDS`) hangs: its process ends.
    `when_dead` is called with the body and the reason of each job that became a dead letter; like
    the handler, it may be called twice for a job.
    """

    name: str
    max_failures: int = 5
    max_receive_count: int = 100
    retry_seconds: float = 5.0
    longest_seconds: float | None = None
    when_dead: Callable[[str, str], None] | None = None

    @property
    def dead_letter_name(self) -> str:
        """Return the name of the queue for jobs that SQS gives up."""
        return f"{self.name}-dlq"


def declared_queues() -> list[JobQueue]:
    """Return the queues of `MESSAGING_QUEUES`."""
    return [import_string(path) for path in settings.MESSAGING_QUEUES]


@dataclass(frozen=True, kw_only=True)
class OutgoingJob:
    """A row of the outbox on its way to SQS; `headers` become message attributes."""

    queue: str
    message_id: str
    headers: Mapping[str, str]
    body: str


def provision(queue: JobQueue, *, sqs: "SQSClient | None" = None) -> None:
    """Make the queue and its dead letter queue, or bring both up to date. Raises `BrokerAway`.

    `sqs` is the client that asks, `client()` if there is none: a command is more patient.
    """
    sqs = sqs or client()
    with reaching_sqs():
        # Without attributes `create_queue` is get-or-create, for us as for a foreign client.
        dead_url = sqs.create_queue(QueueName=name_at_sqs(queue.dead_letter_name))["QueueUrl"]
        url = sqs.create_queue(QueueName=name_at_sqs(queue.name))["QueueUrl"]
        # A moved message keeps its first date: it must be kept longer there than here.
        sqs.set_queue_attributes(
            QueueUrl=dead_url, Attributes={"MessageRetentionPeriod": str(14 * _DAY)}
        )
        sqs.set_queue_attributes(QueueUrl=url, Attributes=_attributes(queue, dead_url))


def make_again(queue: JobQueue) -> None:
    """Create a queue that is missing, as after each restart of a local SQS server.

    Does nothing if the service may not create queues, as at the real SQS.
    """
    logger.warning("making the queue again", extra={"queue": queue.name})
    with suppress(BrokerAway):
        provision(queue)


def send_batch(
    rows: Sequence[OutgoingJob], *, stop: Callable[[], bool] = lambda: False
) -> dict[int, MessagingError | None]:
    """Send the rows; return for each row's index None, or the error why it was not sent.

    `QueueAway` means that this queue is missing, busy or forbidden, and delays no other queue.
    `BrokerAway` ends the sending, because each further call would wait for SQS again. Any other
    error is the row's fault. `stop` is called before each call; rows left then have no entry.
    """
    by_queue: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        by_queue.setdefault(row.queue, []).append(index)
    outcome: dict[int, MessagingError | None] = {}
    for name, indexes in by_queue.items():
        for batch in batched(indexes, BATCH):
            if stop():
                return outcome
            try:
                outcome |= _send(name, {index: rows[index] for index in batch})
            except QueueAway as error:
                outcome |= dict.fromkeys(set(indexes) - outcome.keys(), error)
                break
            except BrokerAway as error:
                return dict.fromkeys(range(len(rows)), error) | outcome
    return outcome


def counts(queue: JobQueue) -> dict[str, int]:
    """Return `{"visible", "in_flight"}`, the numbers of jobs as SQS estimates them.

    Raises `BrokerAway`.
    """
    with reaching_sqs():
        attributes = client().get_queue_attributes(
            QueueUrl=queue_url(queue.name),
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )["Attributes"]
    return {
        "visible": int(attributes["ApproximateNumberOfMessages"]),
        "in_flight": int(attributes["ApproximateNumberOfMessagesNotVisible"]),
    }


def _send(name: str, rows: Mapping[int, OutgoingJob]) -> dict[int, MessagingError | None]:
    try:
        with reaching_sqs():
            answer = client().send_message_batch(
                QueueUrl=queue_url(name),
                Entries=[_entry(index, row) for index, row in rows.items()],
            )
    except CallRejected as error:
        return _send_one_by_one(name, rows, error)
    outcome: dict[int, MessagingError | None] = dict.fromkeys(rows)
    outcome |= {index: QueueAway(why) for index, why in left_out(answer, rows).items()}
    for failed in answer.get("Failed", []):
        kind = MessagingError if is_messages_own(failed["Code"]) else QueueAway
        outcome[int(failed["Id"])] = kind(f"{failed['Code']}: {failed.get('Message', '')}")
    return outcome


def _send_one_by_one(
    name: str, rows: Mapping[int, OutgoingJob], error: CallRejected
) -> dict[int, MessagingError | None]:
    """Send the rows one by one, so that only the faulty job fails."""
    if len(rows) == 1:
        return dict.fromkeys(rows, MessagingError(str(error)))
    return {index: _send(name, {index: row})[index] for index, row in rows.items()}


def _entry(index: int, row: OutgoingJob) -> "SendMessageBatchRequestEntryTypeDef":
    return {
        "Id": str(index),
        "MessageBody": row.body,
        "MessageAttributes": {
            header: {"DataType": "String", "StringValue": value}
            for header, value in row.headers.items()
        },
    }


def _attributes(queue: JobQueue, dead_url: str) -> "dict[QueueAttributeNameType, str]":
    dead = client().get_queue_attributes(QueueUrl=dead_url, AttributeNames=["QueueArn"])
    redrive = {
        "deadLetterTargetArn": dead["Attributes"]["QueueArn"],
        "maxReceiveCount": str(queue.max_receive_count),
    }
    return {
        "RedrivePolicy": json.dumps(redrive),
        "VisibilityTimeout": str(settings.SQS_VISIBILITY_TIMEOUT),
        "MessageRetentionPeriod": str(RETENTION_SECONDS),
    }
