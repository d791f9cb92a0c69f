"""What Celery has in the apps and in the site: decorators, settings, checks, a kind of letters."""

from apps.start_project.parts.cuts import block, lines, unit, words
from apps.start_project.parts.part import Cuts, joined

_APPS: Cuts = {
    "apps/images/contract.py": (
        words("# `celery` asks again", "# `periodic` asks again"),
        words('producers=["web", "celery"]', 'producers=["web", "periodic"]'),
    ),
    "docs/contracts/released/jobs/jobs.v1.json": (words('"celery"', '"periodic"'),),
    "apps/images/tasks.py": (
        words("Celery on SQS: beat records jobs again", "Periodic work: jobs are recorded again"),
        lines("@shared_task"),
    ),
    "apps/messaging/tasks.py": (
        words(
            "Celery on SQS: beat deletes old rows of messaging, and finds events that a stream has "
            "lost.",
            "Periodic work: old rows of messaging are deleted, and lost events of a stream found.",
        ),
        words("@shared_task", times=2),
    ),
    "apps/orders/tasks.py": (
        words(
            "Celery on SQS: beat deletes old idempotency keys, carts, and who has placed an order.",
            "Periodic work: old idempotency keys, carts, and who has placed an order are deleted.",
        ),
        lines("@shared_task"),
    ),
    "apps/sales/tasks.py": (
        words(
            "Celery on SQS: beat asks for the sales reports that are due.",
            "Periodic work: the sales reports that are due are mailed.",
        ),
        unit("RETRIES"),
        words("@shared_task( … retry_backoff_max=16, )"),
        words("report_sales(self: Task)", "report_sales()"),
        words("whenever this runs.", "whenever this runs. It looks each hour."),
        words("if self.request.retries < RETRIES or not may_wait():", "if not may_wait():"),
    ),
    "apps/sales/reports.py": (words(": beat asks at 6, 12, 18"),),
    "apps/notifications/__init__.py": (words("sent by Celery", "sent by `mailer`"),),
    "apps/notifications/apps.py": (
        words(
            "a mail is committed as due, no task is enqueued",
            "a mail is written as due, no job is recorded",
        ),
        words('{"mail.due": "no task is enqueued"}', '{"mail.due": "no job is recorded"}'),
    ),
    "apps/notifications/handlers.py": (
        words("a mail is due, and Celery sends it.", "a mail is due, and a job sends it."),
        words(
            "mails = write_order_mails(events) … robust=True)",
            "ask_to_send(write_order_mails(events))",
        ),
    ),
    "apps/notifications/put_off.py": (unit("release"),),
    "apps/messaging/__init__.py": (
        words("Five of the six patterns on NATS and SQS", "The patterns on NATS and SQS"),
        words(
            "The sixth pattern is Celery on SQS: its application … `tasks.py` of the apps.",
            "Periodic work is in `worker/periodic.py`; what it calls is in `tasks.py` of the apps.",
        ),
    ),
    "apps/messaging/brokers/queue_names.py": (
        words("status, hooks and Celery use", "status and hooks use"),
        unit("CELERY"),
    ),
    "apps/messaging/brokers/sqs.py": (
        words(
            "Celery asks at each poll, and a new session takes milliseconds.",
            "a new session takes milliseconds.",
        ),
    ),
    "apps/messaging/contracts/catalogue.py": (
        lines(
            'rows.append([f"queue `{CELERY}`", "Celery\'s tasks, by its protocol 2", '
            '"Celery\'s worker"])'
        ),
    ),
    "apps/messaging/metrics/watching.py": (
        lines('DeadLetter.Transport.CELERY: "unreadable",  # no task of ours'),
    ),
    "apps/messaging/models.py": (lines('CELERY = "celery", "Celery"'),),
    "apps/messaging/migrations/0001_initial.py": (words("('celery', 'Celery'),"),),
    "apps/messaging/migrations/0006_one_name_for_each_transport.py": (
        lines('("celery", "Celery"),'),
    ),
    "apps/messaging/operations/api.py": (lines("celery: int"),),
    "apps/messaging/operations/status.py": (
        words(
            "(a task of beat's, which asks NATS as the user of celery)",
            "(a task of periodic, which asks NATS)",
        ),
    ),
    "apps/messaging/recovery/copies.py": (
        words(" A task of Celery is checked as a whole, by its own worker."),
    ),
    "apps/messaging/recovery/redrive.py": (
        words("; a message of Celery is completely in its body"),
        block("case DeadLetter.Transport.CELERY:"),
    ),
    "apps/messaging/recovery/stream_comparison.py": (
        words("than Celery's container has", "than the container of `periodic` has"),
    ),
    "apps/messaging/worker/__init__.py": (
        words(
            "and `outage` logs an outage once.",
            "and `outage` logs an outage once.\n`periodic` is the loop of work that is due again "
            "and again.",
        ),
        words(
            "requests of `web` or tasks of Celery: they have lifecycles of their own, and use only "
            "`heartbeat`, `threads` and `time_limits` from here.",
            "requests of `web`: it has a lifecycle of its own.",
        ),
    ),
}

_WORKERS: Cuts = {
    "workers/notification_consumer.py": (
        words("a mail is due, and Celery is asked to send it.", "a mail is due, and its job."),
        lines("import orders_site.celery  # noqa: F401  the app whose tasks the handler enqueues"),
    ),
}

CODE: Cuts = joined(_APPS, _WORKERS)
