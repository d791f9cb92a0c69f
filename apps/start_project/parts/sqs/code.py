"""What SQS has in modules of other patterns: words, workers' opening sentences, scaffolds."""

from apps.start_project.parts.cuts import lines, unit, words
from apps.start_project.parts.part import Cuts

CODE: Cuts = {
    "apps/messaging/__init__.py": (
        lines("jobs             SQS: receive, process, delete"),
        words("connections to NATS and SQS", "connections to NATS"),
    ),
    "apps/scaffold/names.py": (
        words("Letters of a subject or a queue: lines", "Letters of a subject: lines"),
        unit("_QUEUE"),
        unit("queue"),
    ),
    "apps/scaffold/text_edits.py": (
        words(
            "a line before another one, a queue in a policy of AWS.", "a line before another one."
        ),
        unit("with_queue"),
        unit("place_of_queues"),
        unit("_listed"),
    ),
    "workers/__init__.py": (
        words("The worker processes of NATS and SQS,", "The worker processes,"),
    ),
    "workers/dead_letter_collector.py": (words("of JetStream and SQS ->", "of JetStream ->"),),
    "workers/outbox_relay.py": (words("-> JetStream and SQS.", "-> JetStream."),),
    "docs/example/apps/parcels/contract.py": (
        words(
            "The job for a parcel, and the question about one with its answer.",
            "The question about a parcel, with its answer.",
        ),
        words("import job, request_reply", "import request_reply"),
        words("import Job, Payload, Text", "import Payload, Text"),
        unit("PrintLabel"),
        lines('job(PrintLabel, producers=["web"], consumers=["label_printer"]),'),
    ),
    "docs/example/apps/parcels/handlers.py": (
        words(
            "a parcel was sent -> the notice to its receiver.",
            "a parcel was sent -> its label, its notice.",
        ),
        words(
            "services.make_notice(id=event.id)",
            "services.print_label(id=event.id)\n        services.make_notice(id=event.id)",
        ),
    ),
    "docs/example/apps/parcels/services.py": (
        lines("from apps.parcels.contract import PrintLabel"),
        words(
            "Store a parcel with its event and its job: all three, or none of them.",
            "Store a parcel with its event: both, or none of them.",
        ),
        lines("outbox.record(PrintLabel(id=parcel.id), key=str(parcel.id))"),
    ),
    "docs/example/workers/tracking_consumer.py": (
        words("-> the notice to the receiver.", "-> the label, and the notice to the receiver."),
    ),
    "docs/example/tests/parcels/test_services.py": (
        words(
            "A parcel, its event and its job are stored together",
            "A parcel and its event are stored together",
        ),
        words(
            "test_a_parcel_is_stored_with_its_event_and_its_job",
            "test_a_parcel_is_stored_with_its_event",
        ),
        words('{"parcels.sent": body, "labels": body}', '{"parcels.sent": body}'),
        words("test_a_rollback_takes_all_three_with_it", "test_a_rollback_takes_both_with_it"),
    ),
    "docs/example/tests/parcels/test_api.py": (
        lines(
            "from apps.messaging.jobs.job_queue import provision\nfrom "
            "apps.messaging.jobs.worker import working"
        ),
        lines("from apps.parcels.jobs import QUEUE, print_label"),
        words(
            "nats_server: NatsServer, sqs_server: MotoServer, client: Client",
            "nats_server: NatsServer, client: Client",
        ),
        lines("provision(QUEUE)"),
        lines('running(working(QUEUE, print_label), name="label_printer"),'),
    ),
    "docs/example/tests/deploy/test_roles.py": (words("count(*) > 1", "count(*) > 0"),),
    "docs/example/tests/deploy/parcels_at_work.py": (
        lines("from apps.messaging.jobs import delivery as jobs"),
        lines("from apps.parcels.jobs import QUEUE, print_label"),
        words('transport="sqs"', 'transport="jetstream"'),
        lines("yield from _works(parcel)"),
        unit("_works"),
        lines("from tests.messaging.support.jobs import make_received"),
    ),
}
