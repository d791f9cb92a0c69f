"""What SQS has in tests of whole shops, which start many processes."""

from apps.start_project.parts.cuts import block, lines, unit, words
from apps.start_project.parts.part import Cuts, joined

_FAILURES: Cuts = {
    "tests/failures/conftest.py": (
        unit("queues"),
        words("_sqs_server: MotoServer,"),
        words(
            'AWS_ENDPOINT_URL=_sqs_server.url, SQS_WAIT_SECONDS="1", SQS_VISIBILITY_TIMEOUT="2",'
        ),
    ),
    "tests/failures/test_away.py": (
        words(", queues: MotoServer", times=2),
        lines("queues.kill()"),
        lines("queues.start()"),
    ),
    "tests/failures/promises.py": (
        words("# As two minutes later: overdue mails are enqueued again, as beat does it."),
        words("due.update(due_at=timezone.now() - 2 * OVERDUE) reconcile()"),
    ),
    "tests/failures/test_backup.py": (lines("purge_queue(MAIL_QUEUE)"),),
    "tests/failures/test_killed_workers.py": (
        lines('("notification_consumer", "mail.due"),'),
        words(
            "As two minutes later: overdue mails are enqueued again, as beat does it.",
            "As soon as the claims of dead senders are over.",
        ),
        lines("long_ago = timezone.now() - OVERDUE - timedelta(seconds=1)"),
        words(
            "due.update(due_at=long_ago) reconcile()",
            "due.update(claimed_until=None)",
        ),
        words(
            'dies(fork_server, "notification_consumer", "mail.due")',
            'dies(fork_server, "notification_consumer", "consumer.handled")',
        ),
        unit("test_a_task_of_a_killed_worker_is_redelivered"),
        unit("test_a_resizer_killed_during_a_job_loses_no_photo"),
    ),
    "tests/failures/test_stopping.py": (
        unit("test_a_celery_worker_that_stops_sends_each_waiting_mail_once"),
    ),
}

_WHOLE_SHOPS: Cuts = {
    "tests/acceptance/__init__.py": (
        words("only by its HTTP, NATS and SQS addresses", "only by its HTTP and NATS addresses"),
    ),
    "tests/acceptance/addresses.py": (
        lines("aws_endpoint_url: str"),
        words("`SHOP_NATS_URL`, `SHOP_AWS_ENDPOINT_URL`, `SHOP", "`SHOP_NATS_URL`, `SHOP"),
        lines('aws_endpoint_url=_given("SHOP_AWS_ENDPOINT_URL"),'),
    ),
    "tests/acceptance/clients.py": (
        words(
            "`nats`, `aws`, two of NATS in JavaScript, AWS's, nats-py, boto3.",
            "`nats`, two of NATS in JavaScript, nats-py.",
        ),
        words(
            'map(str, [CLIENTS, CLIENTS / "aws" / "bin", os.environ["PATH"]])',
            'map(str, [CLIENTS, os.environ["PATH"]])',
        ),
        words(', "AWS_PAGER": ""}', "}"),
        unit("AWS"),
        unit("AWS_SDK"),
        unit("BOTO3"),
        unit("OF_SQS"),
    ),
    "tests/acceptance/compose.py": (block("aws_endpoint_url="),),
    "tests/acceptance/fixtures.py": (
        words("from typing import TYPE_CHECKING"),
        lines("import boto3"),
        lines("if TYPE_CHECKING:\nfrom types_boto3_sqs import SQSClient"),
        words(
            'nats_port, aws_port = demo.environment["NATS_PORT"], demo.environment["AWS_PORT"]',
            'nats_port = demo.environment["NATS_PORT"]',
        ),
        block("aws_endpoint_url="),
        unit("sqs"),
    ),
    "tests/acceptance/install_clients": (
        lines("AWS_CLI=1.46.3"),
        words(" @aws-sdk/client-sqs@3.1175.0"),
        words('if ! works aws && … "awscli==$AWS_CLI" fi fi', ""),
    ),
    "tests/acceptance/reader.py": (
        unit("queue_for_ourselves"),
        lines("from tests.acceptance.shop import Shop"),
        lines("from tests.support.waiting import eventually"),
    ),
    "tests/acceptance/test_api.py": (
        words('"streams", "consumers", "queues", "outbox"', '"streams", "consumers", "outbox"'),
        lines(
            'assert {each["name"] for each in status["queues"]} >= {"jobs", '
            '"celery"}\nassert {"name", "visible", "in_flight"} <= set(status["queues"][0])'
        ),
        words('"sqs", "celery", "outbox"', '"outbox"'),
    ),
    "tests/acceptance/test_from_the_terminal.py": (
        lines(
            'pytest.param(section, client, id=f"{section.title}-{client.name}")\n'
            "for section in SECTIONS\n"
            'for client in (OF_SQS if section.title == "SQS" else OF_NATS)',
            'pytest.param(section, client, id=f"{section.title}-{client.name}")\n'
            "for section in SECTIONS\nfor client in OF_NATS",
        ),
        words('"JetStream", "SQS"]', '"JetStream"]'),
    ),
    "tests/acceptance/test_photos.py": (
        words(
            "queue group for the preview, SQS for the rest.",
            "queue group for the preview, a loop for the rest.",
        ),
        words(
            "shop: Shop, sku: str, staff: Staff, addresses: Addresses ) -> None: whole = "
            "photo(640, 480)",
            "shop: Shop, sku: str, addresses: Addresses\n) -> None:\n    whole = photo(640, 480)",
        ),
        lines(
            'letters = staff.dead_letters("cannot be decoded")\nassert '
            '{(each["transport"], each["consumer"]) for each in letters} == {("SQS", '
            '"jobs")}'
        ),
    ),
    "tests/acceptance/test_terminal_of_compose.py": (
        lines('"aws sqs create-queue --queue-name jobs": "/jobs",'),
        block('"""aws sqs send-message'),
    ),
    "tests/cable/__init__.py": (
        words("PostgreSQL, NATS and SQS at the far end", "PostgreSQL and NATS at the far end"),
    ),
    "tests/cable/saboteur.py": (
        words('SERVERS = ("nats-server", "moto")', 'SERVERS = ("nats-server",)'),
    ),
    "tests/cable/servers.py": (
        words(
            "PostgreSQL, NATS and SQS at the far end of the cable; the two that are killed "
            "come back.",
            "PostgreSQL and NATS at the far end of the cable; the one that is killed comes back.",
        ),
        words("NATS_PORT, SQS_PORT = 4222, 4566", "NATS_PORT = 4222"),
        words('moto = [sys.executable, … moto += ["-p", str(SQS_PORT)]'),
        words('(("nats-server", nats), ("moto", moto))', '(("nats-server", nats),)'),
        lines('"DEMO_AWS_ENDPOINT_URL": f"http://{ADDRESS_THERE}:{SQS_PORT}",'),
    ),
    "tests/catalog/test_api.py": (unit("test_an_upload_that_is_rolled_back_leaves_no_file"),),
    "tests/images/test_admin.py": (lines("assert OutboxMessage.objects.count() == 2"),),
    "tests/grey/bed.py": (
        words('"sqs": settings.AWS_PORT, ', ""),
        lines('"DEMO_AWS_ENDPOINT_URL": f"http://127.0.0.1:{links.port(\'sqs\')}",'),
    ),
    "tests/grey/cells.py": (
        lines(
            '_stopped("sqs", "postgresql", partial(faults.stopped, '
            '"moto")),\n*_behind_a_link("sqs", "postgresql"),'
        ),
    ),
    "tests/grey/waited.py": (
        words("the database, NATS and SQS, and", "the database and NATS, and"),
    ),
    "tests/system/test_demo.py": (
        words(
            "that also runs another granian and another moto server.",
            "that also runs another granian.",
        ),
        lines('"INITIAL_NO_AUTH_ACTION_COUNT": "0",\n"MOTO_PORT": "5001",'),
        lines("aws = f\"http://127.0.0.1:{demo.environment['AWS_PORT']}\""),
        lines('assert f"export Q={aws}/123456789012/jobs" in lines'),
        unit("test_a_restarted_moto_has_its_queues"),
        words(
            'free = {name: str(free_port()) for name in ("PORT", "NATS_PORT")}',
            'free = {"PORT": str(free_port())}',
        ),
        words('"set AWS_PORT "', '"set NATS_PORT "'),
    ),
    "tests/demo/supervisor/test_supervising.py": (
        words(
            "test_a_restarted_sqs_server_is_provisioned_again",
            "test_a_restarted_server_is_provisioned_again",
        ),
    ),
    "tests/fuzz/generated_input.py": (
        words("no text that UTF-8 or SQS could bring", "no text that UTF-8 could bring"),
    ),
    "tests/fuzz/test_messages.py": (unit("test_a_job_is_done_or_buried_at_once"),),
}

PROCESS_TESTS: Cuts = joined(_FAILURES, _WHOLE_SHOPS)
