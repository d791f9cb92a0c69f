"""`GET /api/status`: the present state of every worker, stream, durable and queue."""

from django.http import HttpRequest
from ninja import Router, Schema

from apps.messaging.operations.status import status

router = Router(tags=["status"])


class WorkerState(Schema):
    """Instances of one worker that were seen lately; `last_step_age` in seconds."""

    name: str
    instances: int
    ready: int
    paused: int
    pause_reason: str = ""
    last_step_age: float | None = None
    restarts: int


class StreamState(Schema):
    """`lost` events were sent, and are not in the stream any more; seen `lost_age` seconds ago.

    `limit` is how many bytes it may have, `filled` the part that is taken, from 0 to 1.
    """

    name: str
    messages: int | None = None
    bytes: int | None = None
    limit: int | None = None
    filled: float | None = None
    first_sequence: int | None = None
    last_sequence: int | None = None
    lost: int | None = None
    lost_age: float | None = None
    error: str | None = None


class ConsumerState(Schema):
    """A durable. `ahead` is the number of messages by which it is ahead of its stream.

    `paused` means that an operator has paused it: the server delivers nothing to it.
    """

    name: str
    pending: int | None = None
    ack_pending: int | None = None
    redelivered: int | None = None
    ahead: int | None = None
    paused: bool | None = None
    error: str | None = None


class QueueState(Schema):
    """Jobs that wait and jobs that are worked on; both approximate, as SQS counts them."""

    name: str
    visible: int
    in_flight: int


class HeldRows(Schema):
    """Rows of one destination that is away: a subject of no stream, a queue that is gone.

    `oldest_age` is in seconds.
    """

    transport: str
    destination: str
    rows: int
    oldest_age: float


class OutboxState(Schema):
    """The state of the outbox; `oldest_age` in seconds, of the oldest row that waits.

    `held` has the twenty destinations that are away for longest. `kept` events were sent more than
    a day ago, and a durable has not had them: 1,000 or fewer. `kept_for` has the durables that
    lack the oldest of them.
    """

    unsent: int
    oldest_age: float
    held: list[HeldRows]
    kept: int
    kept_for: list[str]


class DeadLetterCounts(Schema):
    """How many messages are given up, by transport."""

    total: int
    jetstream: int
    queue_group: int
    sqs: int
    celery: int
    outbox: int


class Status(Schema):
    """A part that did not answer has its reason in `problems`, and no figures.

    `dead_letter_ages` has transport → seconds since its newest dead letter, redriven or not.
    """

    workers: list[WorkerState]
    streams: list[StreamState]
    consumers: list[ConsumerState]
    queues: list[QueueState]
    outbox: OutboxState | None = None
    dead_letters: DeadLetterCounts | None = None
    dead_letter_ages: dict[str, float]
    problems: dict[str, str]
    warnings: list[str]
    parts: dict[str, dict[str, float]]


@router.get("/status", response=Status, exclude_none=True)
def read_status(request: HttpRequest) -> dict:
    """Return the state of every worker, stream, durable and queue; it takes a second at most."""
    return status()
