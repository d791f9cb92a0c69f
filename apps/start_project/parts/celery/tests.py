"""What Celery has in tests that stay."""

from apps.start_project.parts.cuts import block, lines, unit, words
from apps.start_project.parts.part import Cuts

_NOTIFICATIONS: Cuts = {
    "tests/notifications/test_handlers.py": (
        words("and enqueues a task that sends it.", "and records a job that sends it."),
        words(
            "The mails that Celery was asked to send; `test_celery.py` asks the real one.",
            "The mails whose jobs were recorded.",
        ),
        unit("test_the_mail_task_is_enqueued_after_the_commit"),
        unit("test_an_absent_queue_fails_no_handler"),
        words(
            "assert sorted(enqueued) == sorted(mail.id for mail in Mail.objects.all())",
            "assert set(enqueued) == {mail.id for mail in Mail.objects.all()}",
        ),
    ),
    "tests/notifications/test_put_off.py": (
        words(
            "A task that is enqueued runs at once here; its retries do not wait.",
            "A job that is recorded is done at once here; its retries do not wait.",
        ),
    ),
    "tests/sales/test_reports.py": (
        words("import orders_site.celery as site"),
        words("It was enqueued on the 20th at six.", "It was due on the 20th at six."),
        words("test_days_missed_by_beat_are", "test_days_missed_by_a_stopped_process_are"),
        unit("test_beat_uses_the_shops_time_zone"),
        words("report_sales.apply() assert not DeadLetter.objects.exists()", "report_sales()"),
        words(
            "report_sales.apply() assert DeadLetter.objects.count() == 1",
            "with pytest.raises(SMTPException):\n            report_sales()",
        ),
        words(
            "report_sales.apply() assert len(mailoutbox) == 2",
            "report_sales()\n    assert len(mailoutbox) == 2",
        ),
        words(
            "test_a_mail_server_outage_makes_no_dead_letter_for_a_day",
            "test_a_mail_server_outage_is_no_failure_for_a_day",
        ),
    ),
}

_FAILURES: Cuts = {
    "tests/failures/conftest.py": (
        words(", which this process's Celery sends to as well"),
        words("with celery_on_sqs(): yield sqs_server", "yield sqs_server"),
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
        lines("from apps.notifications.tasks import LONGEST_RETRY, send_mail"),
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
    ),
    "tests/deploy/test_compose_file.py": (
        words('sorted(set(settings.WORKERS) - {"celery", "beat"})', "sorted(settings.WORKERS)"),
    ),
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
        words('be("nobody") take(MAILS.name)'),
        unit("mail"),
        lines('mail(be, server, tmp_path / "mail")'),
        lines('del called["nobody"]'),
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

_SITE: Cuts = {
    "tests/orders_site/checks/test_startup.py": (
        lines('settings.CELERY_QUEUE_URL = "https://sqs.eu-west-2.amazonaws.com/1/celery"'),
        lines('({"CELERY_QUEUE_URL": ""}, "orders_site.E005"),'),
        lines('({**ON_THIS_MACHINE, "SQS_VISIBILITY_TIMEOUT": 5}, "orders_site.W001"),'),
        lines('({"LONGEST_TIMES": times(handler=5, enqueue=1)}, "orders_site.E036"),'),
        lines('({"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}, "orders_site.E018"),'),
        lines('({"AWS_REGION": "us-east-1"}, "orders_site.E019"),'),
        lines(
            '({"QUEUE_PREFIX": "a" * 71}, "orders_site.E020"),\n'
            '({"QUEUE_PREFIX": "shop-a-"}, "orders_site.E021"),',
            '({"QUEUE_PREFIX": "a" * 72}, "orders_site.E020"),',
        ),
        lines('"CELERY_QUEUE_URL": "http://{host}:4566/1/celery",'),
        words("settings.CELERY_QUEUE_URL = f\"https … name_at_sqs('celery')}\""),
        lines(
            '["-m", "celery", "-A", "orders_site", "worker"],\n'
            '["-m", "celery", "-A", "orders_site", "beat"],'
        ),
    ),
    "tests/orders_site/checks/test_times.py": (
        unit("test_the_checks_have_the_same_times_as_the_code"),
    ),
    "tests/orders_site/conf/test_aws_access.py": (
        words("from orders_site.celery import app\nsqs.client", "sqs.client"),
        words(
            "with app.connection_for_write() as connection: "
            'connection.channel().sqs(queue="celery").list_queues()'
        ),
        words(
            "from orders_site.celery import app\nwith app.connection_for_write() as connection: "
            'celerys = connection.channel().sqs(queue="celery")'
        ),
        words("sqs.polling_client(), celerys]", "sqs.polling_client()]"),
        words("ASK_ALL_THREE", "ASK_BOTH", times=2),
        words("test_all_three_clients_use", "test_both_clients_use"),
        words('["lent"] * 3', '["lent"] * 2'),
        words("[sqs, sqs, sqs, s3]", "[sqs, sqs, s3]"),
    ),
    "tests/orders_site/conf/test_connect_timeouts.py": (
        unit("test_enqueuing_on_a_silent_sqs_ends_before_redelivery"),
    ),
    "tests/orders_site/conf/test_environment.py": (
        words('"CELERY_QUEUE_URL": [ … ],'),
        lines('["-m", "celery", "-A", "orders_site", "worker"],'),
        lines('{"CELERY_BROKER_URL": "redis://127.0.0.1"},\n{"CELERY_WORKER_PURGE": "1"},'),
    ),
    "tests/orders_site/conf/test_longest_times.py": (
        lines('"ENQUEUE_SECONDS": "2.5",'),
        lines("from orders_site.celery.application import transport_options"),
        words(
            'celery, s3 = transport_options()["client-config"], PicturesInS3', "s3 = PicturesInS3"
        ),
        words('celery["connect_timeout"], celery["read_timeout"], s3', "s3"),
        words("*of_sqs, 2, 2.5, 2, 4.5]", "*of_sqs, 2, 4.5]"),
    ),
    "tests/orders_site/doctor/test_doctor.py": (
        lines('"CELERY_QUEUE_URL": "",'),
        words("no sign of life of beat", "no sign of life of periodic"),
        words('["queue celery"]', '["queue mails"]'),
        words('"queue celery")', '"queue mails")'),
    ),
    "tests/orders_site/doctor/test_docker.py": (words("container celery", "container mailer"),),
}

_LAB: Cuts = {
    "tests/acceptance/test_lab_lines.py": (
        unit("test_the_celery_page_counts_its_tasks"),
        unit("test_the_celery_page_enqueues_a_task"),
    ),
    "tests/browser/lab.py": (lines('"celery",'),),
    "tests/lab/experiments/test_runner.py": (
        words('pattern="celery"', 'pattern="sqs-jobs"'),
        words("No sign of life of celery", "No sign of life of mailer"),
    ),
    "tests/lab/pages/test_experiment_views.py": (
        words('pattern="celery"', 'pattern="sqs-jobs"'),
        words("/lab/celery/#experiment", "/lab/sqs-jobs/#experiment"),
    ),
    "tests/lab/pages/test_letter_views.py": (unit("test_a_task_of_celery_is_not_copied"),),
    "tests/lab/pages/test_views.py": (words("?of=celery", "?of=sqs-jobs"),),
    "tests/lab/patterns/test_patterns.py": (
        words("test_there_are_six_patterns", "test_there_are_five_patterns"),
        lines('"celery",'),
    ),
    "tests/lab/patterns/test_source.py": (unit("test_a_celery_task_is_shown_as_its_function"),),
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
        words('set(settings.WORKERS) - {"celery", "beat"}', "set(settings.WORKERS)"),
    ),
    "tests/demo/test_start.py": (block('"CELERY_QUEUE_URL": '),),
    "tests/images/test_tasks.py": (
        words("that beat records again because", "that are recorded again because"),
    ),
    "tests/messaging/handling/test_dead_letters.py": (lines('"celery": 0,'),),
    "tests/messaging/recovery/test_redrive.py": (
        unit("test_a_task_goes_to_its_queue_as_celery_sent_it"),
    ),
    "tests/messaging/recovery/test_stream_losses.py": (
        words("after the task of beat", "after the periodic work"),
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
        words('{"jobs", "celery"}', '{"jobs", "mails"}'),
    ),
    "tests/test_architecture.py": (
        lines('{"celery"},'),
        unit("CELERY_PACKAGES"),
        unit("CELERYS_OPTIONS"),
        unit("test_only_tasks_and_the_sites_celery_know_celery"),
        lines('"worker_eta_task_limit",'),
    ),
    "tests/test_pages.py": (words('("docs/testing.md", 8)', '("docs/testing.md", 7)'),),
    "tests/test_page_statements.py": (
        lines('("celery-on-sqs.md", "at most 16 s", tasks.LONGEST_RETRY, 16),'),
        block('("celery-on-sqs.md", "claims a mail for 190 s"'),
        unit("MAIL_CLAIM"),
        words('( "dead-letters.md", "of Celery\'s queue, … 5, ),'),
    ),
}

TESTS: Cuts = _NOTIFICATIONS | _FAILURES | _DEPLOY | _SITE | _LAB | _OTHERS
