"""The part `celery`: the pattern, its worker and beat. A job and a worker of our own do their work.

The mails are jobs of the SQS loop, and their worker is `mailer`. What beat asked for, `periodic`
calls (`instead/apps/messaging/worker/periodic.py`), with the same intervals.
"""

from apps.start_project.parts.celery.bench import BENCH
from apps.start_project.parts.celery.code import CODE
from apps.start_project.parts.celery.deploy import DEPLOY
from apps.start_project.parts.celery.lab import LAB_TOO
from apps.start_project.parts.celery.pages import PAGES
from apps.start_project.parts.celery.site import SITE
from apps.start_project.parts.celery.site_tests import SITE_TESTS
from apps.start_project.parts.celery.tests import TESTS
from apps.start_project.parts.celery.together import WITHOUT_ANSWERS, WITHOUT_LAB, WITHOUT_SHOP
from apps.start_project.parts.part import Part, joined

INSTEAD = "apps/start_project/parts/celery/instead"
"""What stands in a copy instead: the job, the loop, both workers, and their tests."""

_REWORDED = (
    (r"([\"'`])beat\1", r"\1periodic\1"),
    (r"\bbeat\b", "`periodic`"),
    (r"\"celery\"", '"mailer"'),
    (r"apps\.messaging\.jobs\.celery_queue import", "apps.notifications.jobs import"),
    (
        r"tests\.notifications\.celery_processes import mails_in",
        "tests.notifications.mail_jobs import mails_in, send_job",
    ),
    (r"send_mail\.delay\((\w+\.id)\)", r"send_job(\1)"),
    (r"import orders_site\.celery  # noqa.*", "from tests.notifications.mail_jobs import run_job"),
    (
        r"tasks\.send_mail\.apply\(args=\((\S+),\), task_id=tasks\.task_id_of\(\S+\)\)",
        r"run_job(\1)",
    ),
    (r"tasks\.send_mail\.apply\(args=\((\S+),\), task_id=(\S+)\)", r"run_job(\1, id=\2)"),
    (r"tasks\.send_mail\.apply\(args=\((\S+),\)\)", r"run_job(\1)"),
)
"""Names that stand in many files, and what stands there then."""

CELERY = Part(
    name="celery",
    what="the pattern, its worker and beat; a job sends mails, a loop does what is periodic",
    paths=(
        "apps/lab/patterns/celery.py",
        "apps/messaging/jobs/celery_queue.py",
        "bench/peers/celery_tasks.py",
        *(
            "deploy/iam/beat.json",
            "deploy/iam/celery.json",
            "deploy/iam/notification_consumer.json",
        ),
        "docs/celery-on-sqs.md",
        *("tests/deploy/production.py", "tests/deploy/production_page.py", "tests/deploy/role.py"),
        *("tests/deploy/test_production_page.py", "tests/deploy/test_production_at_work.py"),
        "findings/celery-*.sh",
        "findings/kombu-*.sh",
        "orders_site/celery",
        "orders_site/conf/celery_options.py",
        "orders_site/conf/celery_variables.py",
        *(".run/beat.run.xml", ".run/celery.run.xml"),
        "tests/fuzz/test_celery_messages.py",
        "tests/notifications/celery_processes.py",
        "tests/notifications/test_celery*.py",
        "tests/orders_site/celery",
        # It names Celery's queue in each role.
        "deploy/cloudformation.yml",
        *("apps/scaffold/stack.py", "apps/scaffold/templates/job/stack_queue.yml-tpl"),
        "apps/scaffold/templates/job/stack_role.yml-tpl",
        "tests/deploy/test_cloudformation.py",
        "tests/deploy/test_production_at_aws.py",
        "tests/orders_site/conf/test_celery_variables.py",
        "tests/support/celery_on_sqs.py",
    ),
    cuts=joined(CODE, SITE, DEPLOY, LAB_TOO, PAGES, TESTS, SITE_TESTS, BENCH),
    cuts_without={
        "lab": WITHOUT_LAB,
        "sample-shop": WITHOUT_SHOP,
        "request-reply": WITHOUT_ANSWERS,
    },
    reworded=_REWORDED,
    written_again=(
        "-m bench.redraw",
        "manage.py contracts",
        "-m tests.released_migrations",
        "-m tests.deploy.rights_page --keep-tables",
    ),
    added=(INSTEAD,),
)
