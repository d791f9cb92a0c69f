"""What SQS has in short pages: rows of tables, sentences, lines of the README."""

from apps.start_project.parts.cuts import block, lines, paragraph, section, words
from apps.start_project.parts.part import Cuts

PAGES: Cuts = {
    "README.md": (
        lines(
            "└──(5) SQS jobs ──▶ image_resizer        upload ──(2) jobs.resize──▶ "
            "preview_resizer ×3",
            "mailer, image_resizer: what is due              upload ──(2) jobs.resize──▶ "
            "preview_resizer ×3",
        ),
        words(
            "installs a real nats-server and moto, a stand-in for SQS; it prints",
            "installs a real nats-server; it prints",
        ),
        words("has every line of a NATS and SQS tutorial", "has every line of a NATS tutorial"),
        block("| 5 | [SQS jobs]"),
        words(
            "`PORT`, `NATS_PORT`, `AWS_PORT` and `DEMO_DIR` change",
            "`PORT`, `NATS_PORT` and `DEMO_DIR` change",
        ),
    ),
    "AGENTS.md": (
        words(
            "`nats_server`, `sqs_server` and `live_demo` are fixtures",
            "`nats_server` and `live_demo` are fixtures",
        ),
    ),
    "CONTRIBUTING.md": (
        words(
            "own nats-server, SQS, PostgreSQL and web server",
            "own nats-server, S3, PostgreSQL and web server",
        ),
        words(
            "`make clients` installs the `nats` and `aws` commands and three JavaScript clients",
            "`make clients` installs the `nats`\ncommand and two JavaScript clients",
        ),
        words("| code that uses NATS or SQS |", "| code that uses NATS |"),
        words(
            "Only `apps/messaging` imports nats and boto3.", "Only `apps/messaging` imports nats."
        ),
        block("* **A job:** class in `contract.py`"),
    ),
    "SECURITY.md": (
        words("may do at NATS, SQS, S3 and PostgreSQL", "may do at NATS, S3 and PostgreSQL"),
    ),
    "docs/index.md": (words(", [SQS jobs](sqs-jobs.md)"),),
    "docs/tour.md": (block("| 12 | "), words("they are seventeen files, and take", "they take")),
    "docs/where.md": (
        words("connections to NATS and SQS;", "connections to NATS;"),
        words(", [`jobs`](../apps/messaging/jobs) | core publish", " | core publish"),
        words(
            "the inbox; SQS: queues, the worker's loop, receipts | `broadcast`, "
            "`consumer`, `worker` |",
            "the inbox | `broadcast`, `consumer` |",
        ),
        words(", `work` for [a test", " for [a test"),
        words(
            "| `handlers`, `responders`, `jobs`, `tasks` | the entry points of messages |",
            "| `handlers`, `responders`, `tasks` | the entry points of messages and "
            "periodic work |",
        ),
    ),
    "docs/backup.md": (
        block("| SQS | waiting"),
        words("and stream, queues and pictures are newer", "and stream and pictures are newer"),
        words("Keep PostgreSQL, NATS and SQS running.", "Keep PostgreSQL and NATS running."),
        block(
            "$ aws sqs purge-queue --queue-url "
            "https://sqs.eu-west-2.amazonaws.com/123456789012/celery"
        ),
        block(
            "$ aws sqs purge-queue --queue-url "
            "https://sqs.eu-west-2.amazonaws.com/123456789012/jobs"
        ),
        section("The queues are lost"),
        words("in place of `nats` and `aws`.", "in place of `nats`."),
        words(
            "[`test_backup_at_aws.py`](../tests/failures/test_backup_at_aws.py) runs the "
            "lines for SQS and S3."
        ),
    ),
    "docs/dead-letters.md": (
        words(
            "| JetStream, SQS | the consumer or worker, instead of trying again | after "
            "six attempts (five for a job) that",
            "| JetStream | the consumer, instead of trying again | after six attempts that",
        ),
        *(
            block(f"| SQS | {what}")
            for what in (
                "the worker, then delete",
                "the worker, instead",
                "`dead_letter_collector`",
            )
        ),
        lines(
            "2  2026-11-24 09:33:21  sqs        jobs        jobs               1  dead   "
            "there is no photo 4711"
        ),
        lines("2 dead", "1 dead"),
        words(
            "dead_letters redrive 1 2              # or --consumer fulfilment, --transport "
            "sqs, --all",
            "dead_letters redrive 1                # or --consumer fulfilment, --transport "
            "outbox, --all",
        ),
        words(
            "If the queue lost it (moto lost its queues, or the group had no member):",
            "If it was lost (the group had no member):",
        ),
    ),
    "docs/working-on-it.md": (
        words("`PORT`, `NATS_PORT`, `AWS_PORT` or `DEMO_DIR`", "`PORT`, `NATS_PORT` or `DEMO_DIR`"),
    ),
    "docs/contracts/released/offers/jobs.resize.v1.json": (
        words(
            ", on SQS for the renditions and on NATS for the preview.",
            ", the photo whose preview is wanted.",
        ),
    ),
    "docs/differences.md": (
        block("| SQS | moto; when it dies"),
        words(
            "warnings of NATS and moto | not shown by `up`: `docker compose logs nats "
            "postgres sqs`",
            "warnings of NATS | not shown by `up`: `docker compose logs nats postgres`",
        ),
        words(
            "| ports | `PORT`, `NATS_PORT`, `AWS_PORT` from", "| ports | `PORT`, `NATS_PORT` from"
        ),
        words("| a terminal with `nats` and `aws` |", "| a terminal with `nats` |"),
        block("| stop the shop's reading of the queue `jobs` |"),
        paragraph("Both run moto, which differs from AWS on FIFO queues"),
        lines(
            "docker compose restart sqs                   # its queues exist again within seconds"
        ),
        words(
            "with other values of `PORT`, `NATS_PORT` and `AWS_PORT`.",
            "with other\nvalues of `PORT` and `NATS_PORT`.",
        ),
        words(
            "For `make demo` the three ports are enough.",
            "For `make demo` the two ports are enough.",
        ),
    ),
}
