"""What goes with SQS and with Celery, which goes along, in lines that both change."""

from apps.start_project.parts.cuts import block, words
from apps.start_project.parts.part import Cuts

WITH_CELERY: Cuts = {
    "apps/messaging/__init__.py": (
        words("The patterns on NATS and SQS,", "The patterns on NATS,"),
    ),
    "deploy/nats.conf": (
        words(
            '"$JS.API.CONSUMER.MSG.NEXT.ORDERS.notification", "outbox.nudge.*",',
            '"$JS.API.CONSUMER.MSG.NEXT.ORDERS.notification",',
        ),
    ),
    "apps/notifications/handlers.py": (
        words("ask_to_send(write_order_mails(events))", "write_order_mails(events)"),
    ),
    "README.md": (
        words(
            "durable events on JetStream with a transactional outbox, and jobs on SQS.",
            "and durable events on JetStream with a transactional outbox.",
        ),
        words(
            "real nats-server, moto and PostgreSQL; on SQLite",
            "real nats-server and PostgreSQL; on SQLite",
        ),
    ),
    "docs/testing.md": (
        words(", 1 of queue_group, 1 of sqs … 0.6 s;", ", 1 of queue_group 0.6 s;"),
    ),
    "docs/decisions.md": (
        words(
            "A queue should not hold them for that long: SQS hides a message for twelve "
            "hours at most. "
            "So the job ends after six attempts in half a minute, and the mail's row says "
            "when to try again:",
            "So the mail's row says when to try again:",
        ),
        words(
            "whose senders died or hung six times is given up, since SQS no longer counts it.",
            "whose senders died or hung six times is given up.",
        ),
        words(
            "The server counts deliveries and SQS counts receives, and any outage uses them up.",
            "The server counts deliveries, and any outage uses them up.",
        ),
        words(
            "`max_deliver` is -1, a job may be received a hundred times, and we count what "
            "a handler did.",
            "`max_deliver` is -1, and we count what a handler did.",
        ),
        words(
            "Only SQS has one namespace for all users of an account, so only queue names "
            "have a prefix. … say `jobs` in every shop. A prefix",
            "A prefix",
        ),
    ),
    "docs/extending.md": (
        words(
            "If the worker uses SQS or S3, it needs a policy",
            "If the worker uses S3, it needs a policy",
        ),
    ),
    "docs/tour.md": (words("The last row shows SQS jobs."),),
    "docs/dead-letters.md": (block("| SQS, a mail |"),),
    "docs/where.md": (words("all code that uses NATS and SQS;", "all code that uses NATS;"),),
    "docs/differences.md": (block("| after a stop |"),),
    "docs/glossary.md": (
        words(
            "`jetstream`, `queue_group` or `sqs`; of a dead letter",
            "`jetstream` or `queue_group`; of a dead letter",
        ),
    ),
    "docs/operations.md": (
        words(
            "(JetStream after 10 s, SQS after the visibility timeout); the inbox, or the "
            "idempotent job, makes this harmless.",
            "(JetStream after 10 s); the inbox makes this harmless.",
        ),
        words(
            "`S3_CALL_SECONDS` | the job is tried again |",
            "`S3_CALL_SECONDS` | the photo is tried again |",
        ),
    ),
    "orders_site/checks/links.py": (
        words("# The real SQS without TLS is", "# The real AWS without TLS is"),
        words('yield "sqs", "AWS_ENDPOINT_URL is', 'yield "s3", "AWS_ENDPOINT_URL is'),
    ),
}
