"""What SQS has in the tests of rights and pages."""

from apps.start_project.parts.cuts import lines, unit, words
from apps.start_project.parts.part import Cuts, joined

_DEPLOY: Cuts = {
    "tests/deploy/aws_calls.py": (
        words("/(sqs|s3)/", "/s3/"),
        words(
            'key, service = found.groups() calls[key].add(_s3(request["method"], url.path) '
            'if service == "s3" else _sqs(request))',
            'calls[found[1]].add(_s3(request["method"], url.path))',
        ),
        unit("_sqs"),
    ),
    "tests/deploy/compose_file.py": (words('{"postgres", "nats", "sqs"}', '{"postgres", "nats"}'),),
    "tests/deploy/nats_rights.py": (
        words('"outbox.nudge.sqs"', '"outbox.nudge.jetstream"', times=0),
    ),
    "tests/deploy/pictures_at_work.py": (
        lines(
            "from apps.images.jobs import QUEUE, resize",
            "from apps.images.services import fail_photo\n"
            "from apps.images.tasks import resize_waiting",
        ),
        lines(
            "from django.db import DatabaseError, connection, transaction",
            "from django.db import DatabaseError, connection, transaction\nfrom "
            "django.db.models import F",
        ),
        lines(
            'yield lambda: _offered("nonsense")',
            "# Buried, and once more after a redrive.\nfor _ in range(2):\n    yield "
            'lambda: _offered("nonsense")',
        ),
        words(
            'yield lambda: deliver(QUEUE, resize, _received(json.dumps(job), f"good '
            '{unique}")) # It '
            "comes again: … yield lambda: QUEUE.when_dead and "
            'QUEUE.when_dead(json.dumps(job), "given up")',
            'yield resize_waiting\n    yield lambda: fail_photo(id=photo, reason="given up")',
        ),
        words(
            "update(status=Photo.Status.WAITING, ready_at=None)",
            "update(\n            status=Photo.Status.WAITING, ready_at=None, "
            'asked_at=F("created_at")\n        )',
        ),
        unit("_received"),
        unit("_fail"),
    ),
    "tests/deploy/rights_page.py": (
        words(
            "every process at NATS, SQS, S3 and PostgreSQL.",
            "every process at NATS, S3 and PostgreSQL.",
        ),
        words("exactly the calls of the work to SQS and S3", "exactly the calls of the work to S3"),
        words("* `test_iam_refusals.py`: moto enforces … which name no URL", ""),
        words(
            "| process | NATS | SQS | S3 | PostgreSQL | volumes |",
            "| process | NATS | S3 | PostgreSQL | volumes |",
        ),
        words('"|---|---|---|---|---|---|"', '"|---|---|---|---|---|"'),
        lines('_aws(policy, "sqs"),'),
    ),
    "tests/deploy/test_compose_file.py": (
        lines('"sqs": ["127.0.0.1:${AWS_PORT:-4566}:5000"],'),
        words('variables(site="SHOP_URL", queue="jobs")', 'variables(site="SHOP_URL")'),
        words('set(inside) - {"AWS_PAGER", "no_proxy"}', 'set(inside) - {"no_proxy"}'),
        words('"web,sqs"', '"web"'),
        words(
            '"NATS_URL": "nats:4222"} | dict.fromkeys( ["AWS_ENDPOINT_URL", "Q"], "sqs:5000" )',
            '"NATS_URL": "nats:4222"}',
        ),
    ),
    "tests/deploy/test_rights_of_contracts.py": (
        words("(ContractKind.EVENT, ContractKind.JOB)", "(ContractKind.EVENT)"),
        unit("test_a_queue_is_read_by_the_readers_of_its_jobs_alone"),
    ),
    "tests/deploy/workers_at_work.py": (
        lines("yield from _collects()"),
        unit("_collects"),
        words('transport="sqs"', 'transport="jetstream"'),
        lines(
            "photo = Photo.objects.filter(sku=SKU)\nyield lambda: "
            "photo.update(status=Photo.Status.WAITING)"
        ),
        words("from apps.images.tasks import reconcile as reconcile_photos"),
        words(
            "from apps.notifications.tasks import reconcile as reconcile_mails",
            "from apps.notifications.tasks import send_due",
        ),
        words("(reconcile_photos, reconcile_mails, report_sales)", "(send_due, report_sales)"),
        lines("make_photo(sku=SKU)"),
        lines("Photo.objects.filter(sku=SKU).update(asked_at=then)"),
    ),
    "deploy/postgresql_tables.sql": (
        words(
            "SELECT, INSERT, UPDATE ON messaging_deadletter TO shop_pictures",
            "SELECT, INSERT ON messaging_deadletter TO shop_pictures",
        ),
        lines("GRANT SELECT, UPDATE ON images_photo TO shop_workers;"),
    ),
}

_PAGES: Cuts = {
    "tests/test_page_statements.py": (
        lines('("decisions.md", "after six attempts in half a minute", put_off.AT_ONCE, 6),'),
        lines(
            '("sqs-jobs.md", "to `jobs-dlq` after a hundred receives", '
            "RESIZING.max_receive_count, 100),\n"
            '("sqs-jobs.md", "otherwise after five failures", RESIZING.max_failures, 5),\n'
            '("sqs-jobs.md", "1600, 800 and 200 pixels", WIDTHS, (1600, 800, 200)),'
        ),
    ),
    "tests/test_pages.py": (
        words('("docs/test-your-handler.md", 4)', '("docs/test-your-handler.md", 2)'),
    ),
    "tests/test_architecture.py": (
        words('{"pubsub", "events", "jobs"}', '{"pubsub", "events"}'),
        words("by an event, a request, a job, a task.", "by an event, a request, a task."),
    ),
}

DEPLOY_TESTS: Cuts = joined(_DEPLOY, _PAGES)
