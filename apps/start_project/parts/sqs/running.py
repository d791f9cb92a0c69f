"""What SQS has in the relay, the collector and the operations."""

from apps.start_project.parts.cuts import block, lines, unit, words
from apps.start_project.parts.part import Cuts, joined

_OUTBOX: Cuts = {
    "apps/messaging/outbox/recording.py": (
        lines("Job,"),
        words("message: Event | Job,", "message: Event,", times=2),
        words("tuple[Event | Job, str]", "tuple[Event, str]"),
        words("An `Event` goes to JetStream, a `Job` to its SQS queue. Messages", "Messages"),
        words("Record a message to be sent after", "Record an event to be sent after"),
        words("transport, destination = ( … else (OutboxMessage.Transport.SQS, message.queue) )"),
        words(
            'traceparent = created("create", destination, transport',
            "transport, destination = OutboxMessage.Transport.JETSTREAM, message.subject\n"
            '    traceparent = created("create", destination, transport',
        ),
    ),
    "apps/messaging/outbox/relay.py": (
        words(
            "Two transports, JetStream and SQS, each with its own lease and errors: a broker that "
            "is away does not delay the other. Delivery",
            "Delivery",
        ),
        words("both transports in parallel; if one fails, the process ends.", "relay events."),
        words(
            "async with asyncio.TaskGroup() as transports: … relay_sqs(worker.part(), wakeups))",
            "await relay_jetstream(worker, wakeups)",
        ),
        words(
            "The same connection brings the wake-ups of both transports.",
            "The same connection brings the wake-ups.",
        ),
        unit("relay_sqs"),
        lines("from apps.messaging.outbox.sqs_publisher import send_to_queues"),
    ),
    "apps/messaging/outbox/rows.py": (words("its place, None on SQS.", "its place."),),
    "apps/messaging/outbox/destinations.py": (
        words("which subjects and queues are away", "which subjects are away"),
    ),
}

_RECOVERY: Cuts = {
    "apps/messaging/recovery/copies.py": (
        lines("DeadLetter.Transport.SQS: OutboxMessage.Transport.SQS,"),
    ),
    "apps/messaging/recovery/redrive.py": (block("case DeadLetter.Transport.SQS:"),),
    "apps/messaging/recovery/stream_losses.py": (
        words(
            "A check stops then, and the next one goes on: SQS would deliver a longer task again.",
            "A check stops then, and the next one goes on: other work waits for it.",
        ),
    ),
    "apps/messaging/recovery/collector.py": (
        words(
            "JetStream sends an advisory, which a stream stores; SQS moves the job to its dead "
            "letter queue.",
            "JetStream sends an advisory, which a stream stores.",
        ),
        words(
            "from apps.messaging.brokers.sqs import ( BATCH, QueueAway, QueueGone, client, "
            "queue_url, reaching_sqs, )"
        ),
        lines(
            "from apps.messaging.jobs import receipts\n"
            "from apps.messaging.jobs.delivery import ReceivedJob\n"
            "from apps.messaging.jobs.job_queue import JobQueue, declared_queues, make_again"
        ),
        unit("PAUSE_SECONDS"),
        unit("logger"),
        words(
            '"""The worker\'s loop: the advisories and each dead letter queue, side by side.""" '
            "async with … sources.create_task(_collect_queue(queue, worker.part()))",
            '"""The worker\'s loop: the advisories."""\n    await collect_advisories(worker)',
        ),
        *map(
            unit,
            ("_collect_queue", "check_whole", "_take_in", "_bury_jobs", "_bury_job"),
        ),
    ),
}

_OPERATIONS: Cuts = {
    "apps/messaging/operations/__init__.py": (
        words("that purges streams and queues.", "that purges streams."),
    ),
    "apps/messaging/operations/api.py": (
        words("worker, stream, durable and queue", "worker, stream and durable", times=2),
        words("a subject of no stream, a queue that is gone.", "a subject of no stream."),
        unit("QueueState"),
        lines("sqs: int"),
        lines("queues: list[QueueState]"),
    ),
    "apps/messaging/operations/erasure.py": (
        words("Our own events and jobs contain no address", "Our own events contain no address"),
    ),
    "apps/messaging/operations/metrics.py": (
        lines(
            '"queue_visible": ("Jobs that wait", "queues", "name", "visible"),\n'
            '"queue_in_flight": ("Jobs in work", "queues", "name", "in_flight"),'
        ),
    ),
    "apps/messaging/operations/provisioning.py": (words(" Queues: `jobs/job_queue.py`."),),
    "apps/messaging/operations/purging.py": (
        words("Purges streams and queues, for the reset", "Purges streams, for the reset"),
        lines("from botocore.exceptions import ClientError"),
        lines("from apps.messaging.brokers.sqs import BATCH, client, queue_url, reaching_sqs"),
        lines("from apps.messaging.jobs.job_queue import JobQueue"),
        unit("BUSY"),
        unit("purge_queue"),
        unit("drain"),
    ),
    "apps/messaging/operations/status.py": (
        lines(
            "from apps.messaging.jobs import job_queue\n"
            "from apps.messaging.jobs.job_queue import JobQueue"
        ),
        words('("database", "nats", "sqs", LOSSES)', '("database", "nats", LOSSES)'),
        block('found["queues"] = ['),
        lines(']\nfound["problems"] = _problems(results)', 'found["problems"] = results.problems'),
        words(
            "problems = _problems(results) if missing",
            "problems = results.problems\n    if missing",
        ),
        unit("_queues"),
        unit("_probe_of_queue"),
        lines("queues = {name: _probe_of_queue(name) for name in _queues()}"),
        words('"nats": _NATS, **queues}', '"nats": _NATS}'),
        unit("_problems"),
    ),
}

RUNNING: Cuts = joined(_OUTBOX, _RECOVERY, _OPERATIONS)
