"""What Celery has in the apps and in the site: decorators, settings, checks, a kind of letters."""

from apps.start_project.parts.cuts import block, lines, unit, words
from apps.start_project.parts.part import Cuts

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
    "apps/notifications/put_off.py": (unit("asked_for_again"),),
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
            "and `outage` logs an outage once. `periodic` is the loop of work that is due again and "
            "again.",
        ),
        words(
            "requests of `web` or tasks of Celery: they have lifecycles of their own, and use only "
            "`heartbeat`, `threads` and `time_limits` from here.",
            "requests of `web`: it has a lifecycle of its own.",
        ),
    ),
}

_SITE: Cuts = {
    "orders_site/__init__.py": (
        words("the web's and Celery's entry points", "the web's entry points"),
    ),
    "orders_site/wsgi.py": (
        words('if settings.LAB: # Only experiments … import_module("orders_site.celery")'),
    ),
    "orders_site/settings.py": (
        lines('env.require_unset(obeyed_by_celery(os.environ), "Celery would obey it by itself")'),
        unit("CELERY_QUEUE_URL"),
        lines(
            '"apps.messaging.jobs.celery_queue.QUEUE",',
            '"apps.notifications.jobs.QUEUE",',
        ),
        lines(
            '"apps.images.contract.CONTRACTS",',
            '"apps.images.contract.CONTRACTS",\n"apps.notifications.contract.CONTRACTS",',
        ),
    ),
    "orders_site/conf/environment.py": (
        unit("Environment.require_unset"),
        unit("Environment.queue_url"),
    ),
    "orders_site/conf/readers.py": (unit("queue_url"),),
    "orders_site/conf/demo_defaults.py": (
        lines('"CELERY_QUEUE_URL",'),
        words(
            "and boto3, kombu and the AWS CLI each read some",
            "and boto3 and the AWS CLI each read some",
        ),
    ),
    "orders_site/conf/logs.py": (
        lines('"celery": {"level": "WARNING"},\n"kombu": {"level": "WARNING"},'),
    ),
    "orders_site/conf/longest_times.py": (
        unit("LONGEST_ENQUEUE"),
        lines("enqueue: float"),
        block('enqueue=env.float("ENQUEUE_SECONDS"'),
    ),
    "orders_site/conf/unreadable.py": (
        words("from manage.py, granian and Celery alike", "from manage.py and granian alike"),
    ),
    "orders_site/conf/worker_processes.py": (
        lines('"celery": 1,\n"beat": 1,', '"mailer": 1,\n"periodic": 1,'),
    ),
    "orders_site/checks/aws.py": (
        words("`celery-dlq` takes ten", "the longest, `mails-dlq`, takes nine"),
        words("{0,70}", "{0,71}"),
        words("at most 70 long", "at most 71 long"),
        lines("yield from _of_celerys_queue()"),
        unit("_of_celerys_queue"),
        unit("REAL"),
        words(
            "prefix, url = settings.QUEUE_PREFIX, settings.CELERY_QUEUE_URL",
            "prefix = settings.QUEUE_PREFIX",
        ),
        words('return name = name_at_sqs(CELERY) … E021", )'),
    ),
    "orders_site/checks/links.py": (
        words(
            'for name in ("AWS_ENDPOINT_URL", "CELERY_QUEUE_URL"): … yield "sqs", '
            'f"{name} is http://", "Let it begin with https://."',
            "# The real SQS without TLS is an error in any case: orders_site.E017.\n"
            "    url = settings.AWS_ENDPOINT_URL\n"
            '    if _is_elsewhere(url, "http") and not (urlsplit(url).hostname or "").endswith(AWS):\n'
            '        yield "sqs", "AWS_ENDPOINT_URL is http://", "Let it begin with https://."',
        ),
    ),
    "orders_site/checks/times.py": (
        unit("LONGEST_RETRY"),
        words(
            " A retry's wait ends before the first; the second is SQS's limit.",
            " The second is SQS's limit.",
        ),
        block("if settings.DEMO and hidden <= LONGEST_RETRY:"),
        block('("HANDLER_SECONDS", times.handler, "twice ENQUEUE_SECONDS"'),
    ),
}

_DEMO: Cuts = {
    "apps/demo/folder.py": (lines('"beat*",'),),
    "apps/demo/chaos/poison.py": (
        words(
            '("jetstream", "queue_group", "sqs", "celery")', '("jetstream", "queue_group", "sqs")'
        ),
        words('queues = ["jobs", "celery"]', 'queues = ["jobs", "mails"]'),
    ),
    "apps/demo/chaos/shop.py": (words("workers.celery", "workers.mailer"),),
    "apps/demo/start.py": (
        lines(
            '*programs.celery(settings.WORKERS["celery"]),\n'
            "programs.beat(folder=settings.DEMO_DIR),"
        ),
        words(": whether to colour, and that Celery keeps its title.", ": whether to colour."),
        lines('os.environ["NOSETPS"] = "1"'),
    ),
    "apps/demo/supervisor/preload.py": (
        lines(
            '"celery.apps.beat",\n"celery.apps.worker",\n"celery.bin.celery",\n'
            '"celery.concurrency.thread",'
        ),
        lines('"kombu.transport.SQS",\n"orders_site.celery",'),
        words('if name not in ("celery", "beat"): importlib', "importlib"),
    ),
    "apps/demo/supervisor/programs.py": (
        words(": `web`, every worker, Celery and beat.", ": `web` and every worker."),
        unit("CELERY"),
        words(", Celery and beat excepted.", "."),
        lines('if name not in ("celery", "beat")'),
        unit("celery"),
        unit("beat"),
    ),
    "apps/scaffold/new_event.py": (words('"celery": _TO_READ', '"periodic": _TO_READ'),),
    "apps/scaffold/new_job.py": (words('before="beat"', 'before="mailer"'),),
}

_WORKERS: Cuts = {
    "workers/notification_consumer.py": (
        words("a mail is due, and Celery is asked to send it.", "a mail is due, and its job."),
        lines("import orders_site.celery  # noqa: F401  the app whose tasks the handler enqueues"),
    ),
}

CODE: Cuts = _APPS | _SITE | _DEMO | _WORKERS
