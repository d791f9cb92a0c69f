"""What Celery has in tests that stay."""

from apps.start_project.parts.celery.tests_of_mails import NOTIFICATIONS
from apps.start_project.parts.cuts import block, lines, unit, words
from apps.start_project.parts.part import Cuts, joined

_FAILURES: Cuts = {
    "tests/failures/conftest.py": (
        words(", which this process's Celery sends to as well"),
        words("with celery_on_sqs(): yield sqs_server", "return sqs_server"),
        words(
            "def queues(sqs_server: MotoServer) -> Iterator[MotoServer]:",
            "def queues(sqs_server: MotoServer) -> MotoServer:",
        ),
    ),
    "tests/failures/processes.py": (
        words("Start a worker, Celery or beat;", "Start a worker;"),
        block('case "celery":'),
        block('case "beat":'),
    ),
    "tests/failures/test_killed_workers.py": (
        words("OVERDUE, reconcile, send_mail", "OVERDUE, reconcile"),
    ),
    "tests/failures/test_stopping.py": (
        lines("from apps.notifications.tasks import LONGEST_RETRY_SECONDS, send_mail"),
        words("test_a_celery_worker_that_stops", "test_a_mailer_that_stops"),
        unit("test_a_stop_uses_one_receive_of_a_task_that_waits"),
    ),
    "tests/failures/test_backup_at_aws.py": (words('("celery", "jobs")', '("mails", "jobs")'),),
}

_DEPLOY: Cuts = {
    "tests/deploy/aws_calls.py": (
        words(
            'if target := headers.get("X-Amz-Target"): action, values = … action = '
            'values["Action"]',
            'action, values = headers["X-Amz-Target"].rpartition(".")[2], json.loads(body)',
        ),
    ),
    "tests/deploy/lab_rights.py": (words('("beat", publish', '("mailer", publish'),),
    "tests/deploy/nats_rights.py": (
        words("NOT_CELERYS", "NOT_PERIODICS", times=2),
        words("`celery` reads the stream", "`periodic` reads the stream"),
        words('("celery", publish', '("periodic", publish', times=4),
        words('("celery", read_by', '("periodic", read_by'),
        lines('("notification_consumer", publish("outbox.nudge.jetstream")),'),
    ),
    "tests/deploy/test_compose_file.py": (
        words('sorted(set(settings.WORKERS) - {"celery", "beat"})', "sorted(settings.WORKERS)"),
    ),
    "tests/deploy/test_cluster_limits.py": (words('- {"beat"}', '- {"periodic"}'),),
    "tests/deploy/test_compose_limits.py": (
        lines(
            '"celery": {"mail:/mail"},\n"beat": {"beat:/beat"},',
            '"mailer": {"mail:/mail"},\n"periodic": {"mail:/mail"},',
        ),
    ),
    "tests/deploy/test_iam_policies.py": (
        lines("from orders_site.celery.application import app, broker_url, transport_options"),
        lines("from tests.notifications.celery_processes import WORKER, start_celery, until_ready"),
        lines(
            "# A stop that finds a task not begun gives it back; the usual work has no such thing."
        ),
        unit("RARE"),
        words(
            'before = {key: app.conf[key] for key in ("broker_url", "broker_transport_options")}'
        ),
        words("app.conf.update(before) app._after_fork() … It forgets its connections."),
        words(
            "app.conf.update(broker_url=broker_url(), … app._after_fork()  # type: "
            "ignore[attr-defined]"
        ),
        lines("take(MAILS.name)"),
        unit("mail"),
        lines('mail(be, server, tmp_path / "mail")'),
        words("rights_of(service) - RARE.get(service, set())", "rights_of(service)"),
        words(
            ", be: Callable[[str], None], tmp_path: Path ) -> None: make_bucket",
            ", be: Callable[[str], None]\n) -> None:\n    make_bucket",
        ),
    ),
    "tests/deploy/test_nats_permissions.py": (
        words("test_celery_may_compare", "test_periodic_may_compare"),
        words('be("celery")', 'be("periodic")', times=2),
    ),
    "tests/deploy/workers_at_work.py": (
        lines(
            "from orders_site.celery import app\n"
            "from orders_site.celery.dead_letters import bury as bury_task\n"
            "from orders_site.celery.dead_letters import given_up"
        ),
        lines("app.conf.task_always_eager = True"),
        words(
            'task = given_up(id="1", body="", headers={}) yield lambda: bury_task(task, reason="")'
        ),
    ),
}

_OTHERS: Cuts = {
    "tests/acceptance/test_api.py": (
        words('{"jobs", "celery"}', '{"jobs", "mails"}'),
        words('"sqs", "celery", "outbox"', '"sqs", "outbox"'),
    ),
    "tests/acceptance/test_sqs.py": (unit("test_a_foreign_celery_message_is_dead_lettered"),),
    "tests/demo/supervisor/test_output.py": (
        words('"celery", "up too"', '"mailer", "up too"'),
        words("celery   | up too", "mailer   | up too"),
    ),
    "tests/demo/test_launch_files.py": (
        words("assert len(started) == 4", "assert len(started) == 2"),
        words('set(settings.WORKERS) - {"celery", "beat"}', "set(settings.WORKERS)"),
    ),
    "tests/demo/test_start.py": (block('"CELERY_QUEUE_URL": '),),
    "tests/images/test_tasks.py": (
        words("that beat records again because", "that are recorded again because"),
    ),
    "tests/messaging/handling/test_dead_letters.py": (lines('"celery": 0,'),),
    "tests/messaging/metrics/test_causes.py": (
        lines("CELERY = DeadLetter.Transport.CELERY"),
        lines('(CELERY, "no task: not JSON", "", "unreadable"),'),
    ),
    "tests/messaging/recovery/test_redrive.py": (
        unit("test_a_task_goes_to_its_queue_as_celery_sent_it"),
    ),
    "tests/messaging/recovery/test_stream_losses.py": (
        words("after the task of beat", "after the periodic work"),
    ),
    "tests/scaffold/test_edits.py": (
        unit("STACK"),
        unit("test_a_statement_of_the_stack_gets_a_resource"),
    ),
    "tests/scaffold/test_commands.py": (
        words("user: celery,", "user: periodic,"),
        words("the user celery was", "the user periodic was"),
    ),
    "tests/support/preloaded.py": (
        lines('"celery.bin.celery",'),
        lines('"kombu.transport.SQS",'),
    ),
    "tests/support/shell.py": (
        words("|CELERY|DJANGO|GRANIAN|KOMBU|NATS", "|DJANGO|GRANIAN|NATS"),
        unit("_CELERYS_OWN"),
        words("{*variables_of_the_shop(), *_CELERYS_OWN}", "set(variables_of_the_shop())"),
    ),
    "tests/test_shell.py": (words('"CELERY_BROKER_URL", "BROKER_URL",'),),
    "tests/system/test_demo.py": (
        words('"workers.beat"', '"workers.periodic"'),
        words('"workers.celery"', '"workers.mailer"'),
    ),
    "tests/test_architecture.py": (
        lines('{"celery"},'),
        unit("CELERY_PACKAGES"),
        unit("CELERYS_OPTIONS"),
        unit("test_only_tasks_and_the_sites_celery_know_celery"),
        words('"worker_eta … ,'),
    ),
    "tests/test_page_statements.py": (
        lines('("celery-on-sqs.md", "at most 16 s", tasks.LONGEST_RETRY_SECONDS, 16),'),
        block('("celery-on-sqs.md", "claims a mail for 190 s"'),
        unit("MAIL_CLAIM"),
        words('( "dead-letters.md", "of Celery\'s queue, … 5, ),'),
    ),
}

TESTS: Cuts = joined(NOTIFICATIONS, _FAILURES, _DEPLOY, _OTHERS)
