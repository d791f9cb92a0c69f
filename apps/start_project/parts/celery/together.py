"""What goes with Celery if another part goes too, in lines that both of them change."""

from apps.start_project.parts.cuts import block, lines, marked, words
from apps.start_project.parts.part import Cuts, joined

_BESIDE_THE_SHOP = "apps/start_project/parts/sample_shop/instead"
_PERIODIC = "apps/start_project/parts/celery/instead/workers/periodic.py"
_MAILS = ', "arn:aws:sqs:eu-west-2:123456789012:mails'

_CODE: Cuts = {
    _PERIODIC: (
        words(
            "lost events found, mails and photos asked for again.",
            "lost events found.",
        ),
        *(
            lines(f"from apps.{app} import tasks as {app}")
            for app in ("images", "notifications", "orders", "sales")
        ),
        words("Every(seconds=MINUTE, work=orders.clean_up), … work=sales.report_sales),"),
    ),
    "orders_site/conf/messaging.py": (lines('"apps.notifications.jobs.QUEUE",'),),
    "orders_site/conf/worker_processes.py": (lines('"mailer": 1,'),),
    "orders_site/checks/aws.py": (
        words("`mails-dlq`, takes nine", "`labels-dlq`, takes ten"),
        words("{0,71}", "{0,70}"),
        words("at most 71 long", "at most 70 long"),
    ),
    "tests/orders_site/conf/test_longest_times.py": (
        lines('celery = transport_options()["client-config"]'),
        words("patient.read_timeout, s3]))", "patient.read_timeout]))"),
        words("*of_sqs, 2, 4.5]", "*of_sqs]"),
    ),
    "tests/deploy/test_compose_limits.py": (
        lines('"mailer": {"mail:/mail"},\n"periodic": {"mail:/mail"},'),
    ),
}

_DEPLOY: Cuts = {
    "docker-compose.yml": (
        block("mailer:\n    <<: *worker"),
        words("# The demo's mails are files. EMAIL_URL: filemail:////mail", times=2),
        words('volumes: ["mail:/mail"]', times=2),
        lines("pictures:\nmail:"),
    ),
    "deploy/docker-compose.override.example.yml": (lines("mailer: *worker"),),
    ".vscode/launch.json": (lines('"mailer",'),),
    "deploy/iam/dead_letter_collector.json": (words(f'{_MAILS}"'), words(f'{_MAILS}-dlq"')),
    "deploy/iam/provision.json": (words(f'{_MAILS}"'), words(f'{_MAILS}-dlq"', times=2)),
    "deploy/iam/web.json": (words(f'{_MAILS}"'),),
    "deploy/iam/outbox_relay.json": (words(f'{_MAILS}"'),),
    ".env.example": (
        words(
            "for an answer of NATS, for a call to SQS that waits for no message, and for a Celery "
            "task on its way to SQS, which is tried twice.",
            "for an answer of NATS, and for a\n# call to SQS that waits for no message.",
        ),
    ),
}

_PAGES: Cuts = {
    f"{_BESIDE_THE_SHOP}/README.md": (
        words(
            "a transactional outbox, jobs on SQS, and Celery on SQS.",
            "a transactional outbox, and jobs\non SQS.",
        ),
        words("beat ──(6)──▶ celery: clean-up", "periodic: clean-up"),
        block("| 6 | Celery on SQS |"),
        words("an example of all six patterns", "an example of more patterns"),
    ),
    f"{_BESIDE_THE_SHOP}/CONTRIBUTING.md": (
        words("; for Celery `orders_site/celery` |", " |"),
        words(
            " Only `orders_site/celery`, an app's `tasks.py` and "
            "`orders_site/conf/celery_options.py` import Celery."
        ),
    ),
    f"{_BESIDE_THE_SHOP}/deploy/nats.conf": (
        words(
            "user: celery, password: $NATS_PASSWORD_CELERY",
            "user: periodic, password: $NATS_PASSWORD_PERIODIC",
        ),
        words("_INBOX_celery.", "_INBOX_periodic."),
    ),
}

WITHOUT_SHOP: Cuts = joined(_CODE, _DEPLOY, _PAGES)

WITHOUT_LAB: Cuts = {
    "docker-compose.yml": (marked("lab"),),
}

WITHOUT_ANSWERS: Cuts = {
    "README.md": (
        words("five messaging patterns in working code", "four messaging patterns in working code"),
    ),
    "apps/lab/patterns/__init__.py": (words("The five patterns", "The four patterns"),),
    "apps/lab/templates/lab/map.html": (words("The five patterns", "The four patterns"),),
    "docs/lab.md": (words("each of the five patterns", "each of the four patterns"),),
    "tests/lab/patterns/test_patterns.py": (
        words("test_there_are_five_patterns", "test_there_are_four_patterns"),
    ),
}
