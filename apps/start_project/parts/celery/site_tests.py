"""What Celery has in the tests of the site and of the lab that stay."""

from apps.start_project.parts.cuts import lines, unit, words
from apps.start_project.parts.part import Cuts, joined

_SITE: Cuts = {
    "tests/demo/test_folder.py": (words("beats.mp3", "db.sqlite3.old"),),
    "tests/orders_site/test_tracing_off.py": (lines("import orders_site.celery"),),
    "tests/system/test_traces.py": (
        lines(
            '("process orders.confirmed", "notification_consumer", "PRODUCER", "send celery"),\n'
            '("send celery", "celery", "CONSUMER", "process celery"),\n'
            '("process celery", "celery", "CLIENT", "send mail"),',
            '("process orders.confirmed", "notification_consumer", "PRODUCER", "create mails"),\n'
            '("create mails", "outbox_relay", "CLIENT", "send mails"),\n'
            '("create mails", "mailer", "CLIENT", "receive mails"),\n'
            '("create mails", "mailer", "CONSUMER", "process mails"),\n'
            '("process mails", "mailer", "CLIENT", "send mail"),',
        ),
    ),
    "tests/orders_site/checks/test_startup.py": (
        words("times(handler=6)", "times(handler=5)"),
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
        words('( {"CELERY_QUEUE_URL": "https … "orders_site.E021", ),'),
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
        lines('"ENQUEUE_SECONDS": "2.5",  # The default is almost the most.'),
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
        words("no sign of life of beat", "no sign of life of dead_letter_collector"),
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
    "tests/lab/pages/test_terminal_page.py": (unit("test_a_line_for_a_shell_has_no_button"),),
    "tests/lab/terminal/test_interpreter.py": (
        words('left_out == {("celery", True)}', "left_out == set()"),
    ),
    "tests/lab/pages/test_views.py": (words("?of=celery", "?of=sqs-jobs"),),
    "tests/lab/patterns/test_patterns.py": (
        words("test_there_are_six_patterns", "test_there_are_five_patterns"),
        lines('"celery",'),
    ),
    "tests/lab/patterns/test_source.py": (unit("test_a_celery_task_is_shown_as_its_function"),),
}

SITE_TESTS: Cuts = joined(_SITE, _LAB)
