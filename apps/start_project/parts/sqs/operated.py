"""What SQS has in figures, spans, alerts and the cluster."""

from apps.start_project.parts.cuts import block, lines, section, unit, words
from apps.start_project.parts.part import Cuts

OPERATED: Cuts = {
    "apps/messaging/metrics/recording.py": (block('"job_age": '),),
    "apps/messaging/metrics/watching.py": (
        block("def _job_received("),
        lines('"job.received": _job_received,\n"job.failed": _failed,'),
    ),
    "apps/messaging/hooks/steps.py": (
        *(unit(name) for name in ("PolledJob", "StepRecorder.receiving", "receiving")),
    ),
    "apps/messaging/tracing/recorder.py": (unit("SpanRecorder.receiving"), unit("_nanoseconds")),
    "apps/messaging/tracing/described.py": (
        lines('NATS, SQS = "nats", "aws_sqs"', 'NATS = "nats"'),
        block("def received("),
        words("of a transport: `sqs`, or one of NATS.", "of a transport."),
        lines('return SQS if transport == "sqs" else NATS', "return NATS"),
    ),
    "deploy/alerts.yml": (block("- alert: JobsWait"),),
    "deploy/alerts.test.yml": (
        block("- name: JobsWait fires"),
        block("- name: JobsWait does not fire"),
    ),
    "deploy/compose.cluster.yml": (
        words(
            "# PostgreSQL and SQS stay one each: both are services that others run for you.",
            "# PostgreSQL stays one: it is a service that others run for you.",
        ),
    ),
    "docs/cluster.md": (
        words("| PostgreSQL, SQS | one each, as before |", "| PostgreSQL | one, as before |"),
        block("| jobs and tasks | SQS;"),
    ),
    "docs/on-call.md": (
        words("the database, NATS or SQS.", "the database or NATS."),
        words("Restore NATS or SQS, or start", "Restore NATS, or start"),
        section("JobsWait"),
    ),
    "docs/tracing.md": (
        block("| `queue` |"),
        block("| a poll of SQS brings jobs |"),
        words(
            " OpenTelemetry's package for boto3's SQS replaces our `traceparent` if a message has "
            "nine attributes or fewer, and our messages have seven."
        ),
    ),
    "tests/orders_site/test_tracing_off.py": (words(", apps.messaging.jobs.worker"),),
    "tests/support/preloaded.py": (lines('"moto.sqs.responses",'),),
    "tests/system/test_traces.py": (
        words("from the request to the mail, and", "from the request to the end, and"),
        lines(
            '("process orders.confirmed", "notification_consumer", "PRODUCER", "send celery"),\n'
            '("send celery", "celery", "CONSUMER", "process celery"),\n'
            '("process celery", "celery", "CLIENT", "send mail"),'
        ),
        words(
            '*("web", "fulfilment_consumer", "sales_consumer", "notification_consumer", '
            '"order_listener"), "celery",',
            '"web", "fulfilment_consumer", "sales_consumer", "notification_consumer", '
            '"order_listener",',
        ),
        lines(
            '(ADDING, "web", "PRODUCER", "create jobs"),\n'
            '("create jobs", "outbox_relay", "CLIENT", "send jobs"),\n'
            '("create jobs", "image_resizer", "CLIENT", "receive jobs"),\n'
            '("create jobs", "image_resizer", "CONSUMER", "process jobs"),'
        ),
        unit("no_job_waits"),
        words('# A poll that brings … photos are done")'),
    ),
}
