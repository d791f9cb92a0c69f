"""What SQS has in figures, spans, alerts and the cluster."""

from apps.start_project.parts.cuts import block, lines, section, words
from apps.start_project.parts.part import Cuts

OPERATED: Cuts = {
    "apps/messaging/metrics/recording.py": (block('"job_age": '),),
    "apps/messaging/metrics/watching.py": (
        block("def _job_received("),
        lines('"job.received": _job_received,\n"job.failed": _failed,'),
    ),
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
        block("| a poll of SQS brings jobs |"),
        words(
            " OpenTelemetry's package for boto3's SQS replaces our `traceparent` if a message has "
            "nine attributes or fewer, and our messages have seven."
        ),
    ),
    "tests/messaging/tracing/test_off.py": (words(", apps.messaging.jobs.worker"),),
    "tests/support/preloaded.py": (lines('"moto.sqs.responses",'),),
}
