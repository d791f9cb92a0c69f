"""What Celery has in pages that stay."""

from apps.start_project.parts.cuts import block, lines, section, words
from apps.start_project.parts.part import Cuts

_SMTP = "| The timeout of `smtplib` is for each answer"
_TRAPS = (
    lines("## Celery", "## The environment and the mail server"),
    words("· `tests/notifications/test_celery.py` `test_a_mail_with_a_lost_task_is_still_sent`"),
    words(
        "| With predefined queues and no host … `test_a_celery_of_compose_does_not_start_elsewhere`"
        " |"
    ),
    words(
        "| If the last failure of tasks cannot be written … "
        "`test_an_outage_takes_no_retry_of_its_own_message` |"
    ),
    words(
        "| Messages that are received during a shutdown … "
        "`test_worker_and_beat_stop_on_sigterm_and_sign_off` |"
    ),
    block("| A broker URL cannot contain a session token"),
)

_OPERATIONS = (
    block("| a Celery task | 600 |"),
    words("a worker, a listener, Celery, beat | 90", "a worker, a listener | 90"),
    words(
        "| a Celery task on its way to SQS; a call to S3 | 3; 10, each twice | `ENQUEUE_SECONDS`, "
        "`S3_CALL_SECONDS` | the mail stays `due`; the job is tried again | "
        "`tests/orders_site/conf/test_connect_timeouts.py` "
        "`test_enqueuing_on_a_silent_sqs_ends_before_redelivery` · "
        "`test_a_silent_s3_is_given_up_after_two_calls` |",
        "| a call to S3 | 10, twice | `S3_CALL_SECONDS` | the job is tried again | "
        "`tests/orders_site/conf/test_connect_timeouts.py` "
        "`test_a_silent_s3_is_given_up_after_two_calls` |",
    ),
    words(
        "all other workers, Celery and beat | what messages and tasks need",
        "all other workers | what messages and periodic work need",
    ),
    words("A task of beat's compares", "`periodic` compares"),
    words("If beat, Celery or SQS is away", "If `periodic` is away"),
    words(
        "`dead_letter_collector`, Celery, beat, the relay",
        "`dead_letter_collector`, `mailer`, `periodic`,\nthe relay",
    ),
    words(
        "While two beats run, a periodic task may be sent twice, which changes nothing.",
        "While two `periodic` run,\nperiodic work may be done twice, which changes nothing.",
    ),
    words("`shop-a-celery` and `shop-a-celery-dlq`", "`shop-a-mails` and `shop-a-mails-dlq`"),
    words("of `deploy/iam/` and into `CELERY_QUEUE_URL`.", "of `deploy/iam/`."),
)

_DECISIONS = (
    words(
        " Only [`orders_site/celery`](../orders_site/celery) and the … which reads the options of "
        "Celery's command line."
    ),
    section("Tasks are enqueued by ten"),
    words("a Celery retry occupies a place of the worker, and SQS hides", "SQS hides"),
    words("So the task ends", "So the job ends"),
    section("The queue of Celery's tasks belongs to `apps/messaging`"),
    words(
        "[`orders_site/celery/envelope.py`](../orders_site/celery/envelope.py) protects Celery in "
        "the same way."
    ),
    words("Beat starts it in Celery, and `web` reads", "`periodic` starts it, and `web` reads"),
    words("the right of `celery` to read", "the right of `periodic` to read"),
    words("their report and beat. A table", "and their report. A table"),
    words(
        "Beat may have been stopped, the queue may be late, and a retry may run",
        "`periodic` may have been stopped, and the work may run",
    ),
    words(
        "So it has the task that prunes them, and a project without the shop keeps this task. One "
        "task for all apps would need a list of them; beat's schedule in "
        "`orders_site/celery/application.py` is already that list.",
        "So it has the work that prunes them. One\nfunction for all apps would need a list of "
        "them; the schedule in `workers/periodic.py` is already that list.",
    ),
    words(
        "These are all options of Celery's command line, the variables", "These are the variables"
    ),
    words("of which Celery sends two", "of which `mailer` sends two"),
)

_EXTENDING = (
    words("| package, Celery's app, ids", "| package, ids"),
    words("the queues `jobs` and `celery`", "the queues `jobs` and `mails`"),
    words("`image_resizer` and `beat` at NATS", "`image_resizer` and `mailer` at NATS"),
    words(
        "`dead_letter_collector`, Celery, `make demo`",
        "`dead_letter_collector` and `periodic`, `make demo`",
    ),
)

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
    "docs/dead-letters.md": (
        words(" (of Celery's queue, whose tasks leave no record, five)"),
        block("| Celery | the task's base class |"),
        words("| Celery, a mail | the same |", "| SQS, a mail | the worker, then delete |"),
    ),
    "docs/decisions.md": _DECISIONS,
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
    "docs/extending.md": _EXTENDING,
    "docs/glossary.md": (words("`queue_group`, `sqs` or `celery`", "`queue_group` or `sqs`"),),
    "docs/index.md": (
        words("[Celery on SQS](celery-on-sqs.md)", "[periodic work](periodic-work.md)"),
    ),
    "docs/lab.md": (
        words("each of the six patterns", "each of the five patterns"),
        words("on NATS, on SQS and through Celery.", "on NATS and on SQS."),
        words("`image_resizer` and `beat`, the rights", "`image_resizer` and `mailer`, the rights"),
    ),
    "docs/operations.md": _OPERATIONS,
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
        words("row 12 SQS jobs and Celery.", "row 12 SQS jobs."),
        words(
            "with [`notifications/tasks.py`](../apps/notifications/tasks.py) | `working` and "
            "`send_mail`: the same promises on SQS, without and with Celery |",
            "with [`notifications/jobs.py`](../apps/notifications/jobs.py) | `working` and "
            "`send_mail`: the same promises on SQS |",
        ),
    ),
    "docs/traps.md": _TRAPS,
    "docs/where.md": (
        words("the web server, checks, Celery |", "the web server, checks |"),
        words("NATS and SQS, except Celery's; one", "NATS and SQS; one"),
        words(
            "the entry points of Django and Celery; the checks",
            "the entry points of Django; periodic work; the checks",
        ),
        block("| [`celery`](../orders_site/celery)"),
    ),
    "docs/working-on-it.md": (
        words("of a worker, of `celery` or of `web`", "of a worker or of `web`"),
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
            )
        ),
    ),
}
