"""What Celery has in pages that stay."""

from apps.start_project.parts.celery.long_pages import (
    DECISIONS,
    EXTENDING,
    OPERATIONS,
    PRODUCTION,
    TRAPS,
)
from apps.start_project.parts.cuts import block, words
from apps.start_project.parts.part import Cuts

PAGES: Cuts = {
    "README.md": (
        words("six messaging patterns in working code", "five messaging patterns in working code"),
        words(
            "a transactional outbox, jobs on SQS, and Celery on SQS.",
            "a transactional outbox, and jobs on\nSQS.",
        ),
        words("──▶ notification_consumer ──(6)──▶ celery: mail", "──▶ notification_consumer"),
        words("──(5) SQS jobs ──▶ image_resizer", "──(5) SQS jobs ──▶ image_resizer, mailer"),
        words(
            "renditions of a photo: receive, process, delete",
            "renditions of a photo, mails: receive, process, delete",
        ),
        words(
            "[`image_resizer`](workers/image_resizer.py)",
            "[`image_resizer`](workers/image_resizer.py) [`mailer`](workers/mailer.py)",
        ),
        block("| 6 | [Celery on SQS]"),
    ),
    "CONTRIBUTING.md": (
        words(
            ", and AWS's linter with a moto that makes stacks (350 MB), for the tests of "
            "`deploy/alerts.yml` and `deploy/cloudformation.yml`.",
            ", for the tests of\n`deploy/alerts.yml`.",
        ),
        words("; for Celery `orders_site/celery` |", " |"),
        words("a process | about five lines", "a process | a few lines"),
        words(
            " Only `orders_site/celery`, an app's `tasks.py` and "
            "`orders_site/conf/celery_options.py` import Celery."
        ),
    ),
    "docs/backup.md": (
        block("| beat's file |"),
        words(
            "waiting jobs and tasks | nothing: beat enqueues",
            "waiting jobs | nothing: `periodic` records",
        ),
        words("every worker, `celery`, `beat`.", "every worker."),
        words("123456789012/celery", "123456789012/mails"),
        words("Beat's `reconcile` enqueues mails", "Then `reconcile` asks for mails"),
        words("Beat enqueues mails and photos again", "`periodic` asks for mails and photos again"),
        words("A job or a task that was redriven", "A job that was redriven"),
    ),
    "docs/cluster.md": (
        words("except `beat` |", "except `periodic` |"),
        words("`image_resizer`, `celery` |", "`image_resizer`, `mailer` |"),
        words(
            "| `beat` | one. A second one would send periodic tasks twice, which changes nothing |",
            "| `periodic` | one. A second one would do its work twice, which changes nothing |",
        ),
        words("| jobs and tasks | SQS;", "| jobs | SQS;"),
        words("`CELERY_QUEUE_URL`, `AWS_DEFAULT_REGION`;", "`AWS_DEFAULT_REGION`;"),
    ),
    "docs/dead-letters.md": (
        words(" (of Celery's queue, whose tasks leave no record, five)"),
        block("| Celery | the task's base class |"),
        words("| Celery, a mail | the same |", "| SQS, a mail | the worker, then delete |"),
    ),
    "docs/decisions.md": DECISIONS,
    "docs/differences.md": (
        words("`image_resizer` and `beat` use", "`image_resizer` and `mailer` use"),
        words("after a stop | beat records", "after a stop | `periodic` records"),
    ),
    "docs/durable-events.md": (
        words(
            "`notification_consumer` asks Celery for a mail",
            "`notification_consumer` records the job of a mail",
        ),
    ),
    "docs/extending.md": EXTENDING,
    "docs/glossary.md": (words("`queue_group`, `sqs` or `celery`", "`queue_group` or `sqs`"),),
    "docs/index.md": (
        words("[Celery on SQS](celery-on-sqs.md)", "[periodic work](periodic-work.md)"),
    ),
    "docs/lab.md": (
        words(" `orders_site/wsgi.py`,"),
        words("each of the six patterns", "each of the five patterns"),
        words("on NATS, on SQS and through Celery.", "on NATS and on SQS."),
        words("`image_resizer` and `beat`, the rights", "`image_resizer` and `mailer`, the rights"),
        words("theirs at most, and one `beat`.", "theirs at most."),
    ),
    "docs/operations.md": OPERATIONS,
    "docs/production.md": PRODUCTION,
    "docs/performance.md": (
        words(
            " Celery has its own defaults, two threads as our loop, and deletes a task after the "
            "work."
        ),
        words(
            "Each mail is a task that Celery makes; ten of them go to SQS in a request.",
            "Each mail is a job in the outbox, recorded with it.",
        ),
    ),
    "docs/sqs-jobs.md": (
        words(
            "so there is no photo without its job.",
            "so there is no photo without its job. The mail about the end of an order is a job\n"
            '`{"task": "send_mail", "id": 7}` on the queue `mails`, recorded with its row and '
            "done by `mailer`\n([`notifications/jobs.py`](../apps/notifications/jobs.py)).",
        ),
    ),
    "docs/testing.md": (
        words("the web server, Celery's set-up |", "the web server |"),
        words(", 1 of celery within"),
        words("celery.stopped   ", "mailer.stopped   "),
        words("beat.stopped     ", "periodic.stopped "),
        words("**Celery task.** … ```python … ```"),
    ),
    "docs/tour.md": (
        words(" and Celery. Publish", ". Publish"),
        words(
            "with [`notifications/tasks.py`](../apps/notifications/tasks.py) | `working` and "
            "`send_mail`: the same promises on SQS, without and with Celery |",
            "with [`notifications/jobs.py`](../apps/notifications/jobs.py) | `working` and "
            "`send_mail`: the same promises on SQS |",
        ),
    ),
    "docs/traps.md": TRAPS,
    "docs/where.md": (
        words("the web server, checks, Celery |", "the web server, checks |"),
        words("NATS and SQS, except Celery's; one", "NATS and SQS; one"),
        words(
            "the entry points of Django and Celery; the checks",
            "the entry points of Django; periodic work; the checks",
        ),
        block("| [`celery`](../orders_site/celery)"),
    ),
    "docs/tracing.md": (block("| `task` |"),),
    "docs/working-on-it.md": (
        words("of a worker, of `celery`, `beat` or `web`", "of a worker or of `web`"),
    ),
    "findings/README.md": (
        *(
            block(f"| [{finding}]")
            for finding in (
                "celery-worker-obeys-the-environment",
                "kombu-passes-on-an-error-answer",
                "kombu-polls-by-certifi-alone",
                "kombu-sqs-looks-for-a-place-once-a-second",
                "celery-keeps-one-retrys-max-retries",
                "celery-deduplication-is-idle-on-sqs",
                "celery-retry-leaves-its-fifo-group",
                "kombu-purge-counts-ten-times",
                "kombu-polls-ten-queues-at-a-time",
                "kombu-repeat-lacks-the-attributes",
                "kombu-acks-by-the-routing-key",
                "kombu-repeats-a-task-once-on-sqs",
            )
        ),
    ),
}
