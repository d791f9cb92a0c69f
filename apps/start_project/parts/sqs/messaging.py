"""What SQS has in messaging: a transport of the outbox, a kind of contracts, letters and hooks."""

from apps.start_project.parts.cuts import block, lines, unit, words
from apps.start_project.parts.part import Cuts, joined

_WIRE: Cuts = {
    "apps/messaging/errors.py": (
        lines(
            "├── LeaseLost            the handler of a job: stop, another worker may have the job"
        ),
        words("A stream, a durable or a queue could not be", "A stream or a durable could not be"),
        unit("LeaseLost"),
    ),
    "apps/messaging/hooks/points.py": (
        lines(
            '"job.polling": "a worker is about to ask for jobs",\n'
            '"job.received": "a job was received, and is not handled yet",\n'
            '"job.handled": "a job is done, and not deleted",\n'
            '"job.deleting": "a batch of done jobs is about to be deleted",\n'
            '"job.deleted": "a batch of done jobs is deleted",\n'
            '"job.failed": "the handler has failed, and will be tried again",\n'
            '"job.heartbeat": "the jobs in flight are about to be hidden for longer",'
        ),
        lines(
            '"job.polling": "no job is received, the queue is left to others",\n'
            '"job.heartbeat": "the jobs become visible again",\n'
            '"job.deleting": "the jobs are not deleted",'
        ),
    ),
    "apps/messaging/message.py": (
        words(
            "On NATS the envelope travels as headers (CloudEvents' binary mode, "
            "nats-protocol-binding.md), on SQS as message attributes. Both ends are pydantic "
            "classes: `Event`, `Job`, `BroadcastMessage`.",
            "The envelope travels as headers (CloudEvents' binary mode, nats-protocol-binding.md)."
            "\nBoth ends are pydantic classes: `Event`, `BroadcastMessage`.",
        ),
        words("under NATS's 1 MB, SQS's 1 MiB, and one SQS billing unit.", "under NATS's 1 MB."),
        unit("Job"),
        words("the headers of NATS, or the attributes of SQS.", "the headers of NATS."),
        words("message: Event | Job,", "message: Event,"),
        words(
            'kind = message.ce_type() if isinstance(message, Event) else f"{PREFIX}.jobs.'
            '{message.queue}.v1" return Envelope( id=str(uuid.uuid4()), type=kind,',
            "return Envelope(\n        id=str(uuid.uuid4()), type=message.ce_type(),",
        ),
    ),
    "apps/messaging/models.py": (words('SQS = "sqs", "SQS"', times=2),),
    "apps/messaging/migrations/0001_initial.py": (
        words("('sqs', 'SQS'),"),
        words(", ('sqs', 'SQS')]", "]"),
    ),
    "apps/messaging/migrations/0006_one_name_for_each_transport.py": (
        words(', ("sqs", "SQS")]', "]"),
        lines('("sqs", "SQS"),'),
    ),
    "apps/messaging/outbox_indexes.py": (
        lines('Index(fields=["id"], condition=_waiting("sqs"), name="outbox_waiting_jobs"),'),
        lines('Index(fields=["id"], condition=_fresh("sqs"), name="outbox_fresh_jobs"),'),
    ),
    "apps/messaging/migrations/0011_leases_that_write_no_index.py": (
        words(
            "migrations.AddIndex( model_name='outboxmessage', "
            "index=models.Index(condition=models.Q(('dead_at', None), ('sent_at', None), "
            "('transport', 'sqs')), fields=['id'], name='outbox_waiting_jobs'), ),"
        ),
    ),
    "apps/messaging/migrations/0012_fresh_rows_of_the_outbox.py": (
        words(
            "migrations.AddIndex( model_name='outboxmessage', "
            "index=models.Index(condition=models.Q(('dead_at', None), ('not_before', None), "
            "('sent_at', None), ('transport', 'sqs')), fields=['id'], name='outbox_fresh_jobs'), ),"
        ),
    ),
}

_CONTRACTS: Cuts = {
    "apps/messaging/contracts/asyncapi.py": (
        words(
            "A subject of NATS and a queue of SQS is a channel", "A subject of NATS is a channel"
        ),
        words(", by the bindings of these. A", ", by its binding. A"),
        words('_NATS_BINDING, _SQS_BINDING = "0.1.0", "0.2.0"', '_NATS_BINDING = "0.1.0"'),
        words("Raises `ContractIncomplete` for a job without a queue."),
        lines('"sqs": {"host": "127.0.0.1:4566", "protocol": "sqs"},'),
        words("is_job = contract.kind is ContractKind.JOB"),
        words('"sqs" if is_job else "nats"', '"nats"'),
        block("if is_job:"),
        unit("_queue_binding"),
        words(
            "{'sqs' if contract.kind is ContractKind.JOB else 'nats'}.{contract.address}",
            "nats.{contract.address}",
        ),
    ),
    "apps/messaging/contracts/catalogue.py": (
        words("with headers and queues.", "with headers."),
        words("Return the streams and queues of these", "Return the streams of these"),
        words('"## Streams and queues"', '"## Streams"'),
        block("for each in contracts:"),
    ),
    "apps/messaging/contracts/compatibility.py": (
        words("An event, a job or a broadcast", "An event or a broadcast"),
    ),
    "apps/messaging/contracts/declared.py": (
        lines(
            "if TYPE_CHECKING:  # It loads boto3, which a process without SQS does without.\n"
            "from apps.messaging.jobs.job_queue import JobQueue"
        ),
        unit("queue_of"),
    ),
    "apps/messaging/contracts/declaring.py": (
        lines('JOB = "jobs"'),
        words("a subject of NATS, or for a job the name of a queue.", "a subject of NATS."),
        unit("job"),
    ),
    "apps/messaging/contracts/headers.py": (
        words(
            "the headers of NATS, the attributes of SQS, as JSON", "the headers of NATS, as JSON"
        ),
        words(" A job needs none: a person can type it."),
        block("case ContractKind.JOB:"),
    ),
}

_TESTING: Cuts = {
    "apps/messaging/testing/__init__.py": (
        words("run a handler, a job or a caller as", "run a handler or a caller as"),
        words(
            "`deliver` hands events to their consumers, `work` a job to its handler.",
            "`deliver` hands events to\ntheir consumers.",
        ),
        lines("from apps.messaging.testing.working import WorkOn"),
        lines('"WorkOn",'),
    ),
    "apps/messaging/testing/plugin.py": (
        lines("from apps.messaging.testing.working import WorkOn"),
        unit("work"),
    ),
    "apps/messaging/testing/published.py": (
        words("import Event, Job", "import Event"),
        words("type Recordable = Event | Job", "type Recordable = Event"),
        words(" of an event, the queue of a job.", " of an event."),
        words(
            "return kind.ce_type() if issubclass(kind, Event) else kind.queue",
            "return kind.ce_type()",
        ),
        block("if row.transport == OutboxMessage.Transport.SQS:"),
        words("issubclass(each, Event | Job)", "issubclass(each, Event)"),
    ),
}

MESSAGING: Cuts = joined(_WIRE, _CONTRACTS, _TESTING)
