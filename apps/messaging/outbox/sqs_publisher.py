"""The outbox relay's sending to SQS: ten rows in a call, and the outcome of each."""

from collections.abc import Mapping
from functools import partial

from apps.messaging.brokers.sqs import QueueAway
from apps.messaging.errors import BrokerAway, MessageUnreadable, MessagingError
from apps.messaging.jobs import job_queue
from apps.messaging.outbox.rows import (
    LEASE_ENDED,
    Claimed,
    DestinationAway,
    Outcome,
    Postponed,
    Rejected,
    Sent,
    in_turns,
)
from apps.messaging.worker.threads import in_thread


async def send_to_queues(rows: list[Claimed]) -> Mapping[int, Outcome]:
    """Send rows in batches of ten; return row id → outcome. It raises nothing of SQS.

    A row has no outcome if the one before it in its key was not sent.
    """
    outcomes: dict[int, Outcome] = {}
    stopped_keys: set[str] = set()
    for turn in in_turns(rows):
        ready = [row for row in turn if row.key not in stopped_keys]
        found = await _send_a_turn(ready) if ready else {}
        outcomes |= found
        if any(isinstance(each, Postponed) for each in found.values()):
            break
        stopped_keys |= {row.key for row in ready if not isinstance(found.get(row.id), Sent)}
    return outcomes


async def _send_a_turn(rows: list[Claimed]) -> Mapping[int, Outcome]:
    outcomes: dict[int, Outcome] = {}
    jobs: dict[int, job_queue.OutgoingJob] = {}
    for row in rows:
        try:
            jobs[row.id] = _job_of(row)
        except (MessageUnreadable, UnicodeError) as error:
            outcomes[row.id] = Rejected(str(error))
    lease = rows[0].lease
    sending = partial(job_queue.send_batch, list(jobs.values()), stop=lambda: lease.is_over)
    errors = await in_thread(sending)
    ids = list(jobs)
    sent = {ids[index]: _queue_outcome(error) for index, error in errors.items()}
    left: dict[int, Outcome] = dict.fromkeys(ids, LEASE_ENDED)
    return outcomes | left | sent


def _job_of(row: Claimed) -> job_queue.OutgoingJob:
    headers = row.named_headers()
    for text in (row.body, *headers, *headers.values()):
        text.encode()  # Half of a character would fail the whole batch.
    return job_queue.OutgoingJob(
        queue=row.destination, message_id=str(row.message_id), headers=headers, body=row.body
    )


def _queue_outcome(error: MessagingError | None) -> Outcome:
    match error:
        case None:
            return Sent()
        case QueueAway():
            return DestinationAway(str(error))
        case BrokerAway():
            return Postponed(str(error))
        case _:
            return Rejected(str(error))
