"""What Celery has in the site and in the demo: settings, checks, processes."""

from apps.start_project.parts.cuts import block, lines, unit, words
from apps.start_project.parts.part import Cuts, joined

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
    ),
    "orders_site/conf/messaging.py": (
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
            '    if _is_elsewhere(url, "http") and not (urlsplit(url).hostname or "").endswith(\n'
            "        AWS\n    ):\n"
            '        yield "sqs", "AWS_ENDPOINT_URL is http://", "Let it begin with https://."',
        ),
    ),
    "orders_site/checks/times.py": (
        unit("LONGEST_RETRY_SECONDS"),
        words(
            " A retry's wait ends before the first; the second is SQS's limit.",
            " The second is SQS's limit.",
        ),
        block("if settings.DEMO and hidden <= LONGEST_RETRY_SECONDS:"),
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
    "apps/scaffold/new_job.py": (
        words('before="beat"', 'before="mailer"'),
        lines('"logical": names.camel(queue),'),
        lines("add_to_stack(tree, names.camel(queue))"),
    ),
}

SITE: Cuts = joined(_SITE, _DEMO)
