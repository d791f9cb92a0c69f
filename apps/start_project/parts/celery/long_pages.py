"""What Celery has in the longest of the pages that stay."""

from apps.start_project.parts.cuts import Cut, block, lines, section, words

TRAPS: tuple[Cut, ...] = (
    lines("## Celery", "## The environment and the mail server"),
    words("| An `on_commit` callback that raises … `test_an_absent_queue_fails_no_handler` |"),
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
        "| On a FIFO queue Celery (5.7) sends a retry … "
        "`test_worker_and_beat_stop_on_sigterm_and_sign_off` |"
    ),
    block("| moto (5.2) answers the update of a stack"),
    block("| A broker URL cannot contain a session token"),
)

OPERATIONS: tuple[Cut, ...] = (
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
    words("A task of beat's compares", "`periodic` compares"),
    words("If beat, Celery or SQS is away", "If `periodic` is away"),
)

PRODUCTION: tuple[Cut, ...] = (
    words("Without the stack, make it yourself.", "Make it yourself."),
    words("where mails are sent: `celery` |", "where mails are sent |"),
    block("* **The same as code.**"),
    words(
        "all other workers, Celery and beat | what messages and tasks need",
        "all other workers | what messages and periodic work need",
    ),
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

DECISIONS: tuple[Cut, ...] = (
    words(
        " Only [`orders_site/celery`](../orders_site/celery) and the … which reads the options of "
        "Celery's command line."
    ),
    block("* [Tasks are enqueued by ten]"),
    section("Tasks are enqueued by ten"),
    words("a Celery retry occupies a place of the worker, and SQS hides", "SQS hides"),
    words("So the task ends", "So the job ends"),
    block("* [The queue of Celery's tasks belongs to `apps/messaging`]"),
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

EXTENDING: tuple[Cut, ...] = (
    words("The stack of `deploy/cloudformation.yml` gets its queues, alarms and role."),
    words("| package, Celery's app, ids", "| package, ids"),
    words("the queues `jobs` and `celery`", "the queues `jobs` and `mails`"),
    words("`image_resizer` and `beat` at NATS", "`image_resizer` and `mailer` at NATS"),
    words(
        "`dead_letter_collector`, Celery, `make demo`",
        "`dead_letter_collector` and `periodic`, `make demo`",
    ),
)
