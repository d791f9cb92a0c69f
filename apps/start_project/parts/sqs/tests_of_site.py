"""What SQS has in the tests of the site."""

from apps.start_project.parts.cuts import lines, unit, words
from apps.start_project.parts.part import Cuts, joined

_CHECKS: Cuts = {
    "tests/orders_site/checks/test_startup.py": (
        lines('({"SQS_WAIT_SECONDS": 21}, "orders_site.E006"),'),
        lines(
            '({"SQS_VISIBILITY_TIMEOUT": 29}, '
            '"orders_site.E032"),\n({"SQS_VISIBILITY_TIMEOUT": 43_201}, '
            '"orders_site.E032"),'
        ),
        words(
            '( {**ON_THIS_MACHINE, "SQS_WAIT_SECONDS": 20, "SQS_VISIBILITY_TIMEOUT": 20}, '
            '"orders_site.E009", ),'
        ),
        unit("ON_THIS_MACHINE"),
        lines('({"LONGEST_TIMES": times(sqs_call=6)}, "orders_site.E033"),'),
        words("http://sqs.eu-west-2.amazonaws.com", "http://s3.eu-west-2.amazonaws.com"),
        words('({"QUEUE_PREFIX": "shop.a-"}, "orders_site.E020"), … "orders_site.E021"),'),
        words('"sqs": { "AWS_ENDPOINT_URL"', '"s3": {\n        "AWS_ENDPOINT_URL"'),
        unit("test_a_prefix_leaves_room_for_the_longest_name"),
        words(
            '"DEMO_DIR": str(tmp_path), "SQS_WAIT_SECONDS": "99"}',
            '"DEMO_DIR": str(tmp_path), "BODY_SECONDS": "999"}',
        ),
        words(
            'line.startswith("SQS_WAIT_SECONDS=99: SQS allows 0 to 20. Set it to ")',
            'line.startswith("BODY_SECONDS=999.0: the time for the body")',
        ),
        words('line.endswith("(orders_site.E006)")', 'line.endswith("(orders_site.E024)")'),
        words(
            "test_a_worker_without_sqs_does_without_its_client",
            "test_a_worker_without_pictures_does_without_boto3",
        ),
        words(
            "Boto3 takes memory of each process that loads it, and most workers never ask SQS.",
            "Boto3 takes memory of each process that loads it, and most workers never ask S3.",
        ),
    ),
    "tests/orders_site/checks/test_times.py": (unit("test_a_redelivered_mail_can_be_claimed"),),
    "tests/orders_site/conf/test_demo_defaults.py": (
        words(
            'assert theirs.pop("AWS_ENDPOINT_URL").startswith("http://127.0.0.1:") assert '
            "theirs == { … }",
            "assert theirs == {}",
        ),
        words(
            '"AWS_PORT": "4566", "AWS_ENDPOINT_URL": "http://sqs:5000"',
            '"AWS_ENDPOINT_URL": "http://s3:5000"',
        ),
        words("(*OTHER_ACCOUNTS, *BOTOCORES_OWN, *files)", "(*OTHER_ACCOUNTS, *files)"),
        words(
            'theirs = [*(f"GRANIAN_{name}" for name in names), "MOTO_PORT", "INITIAL',
            'theirs = [*(f"GRANIAN_{name}" for name in names), "INITIAL',
        ),
        unit("test_the_demo_reads_no_aws_files_of_the_developer"),
    ),
    "tests/orders_site/conf/test_tls.py": (
        words("PostgreSQL, SQS and mail over TLS", "PostgreSQL and mail over TLS"),
        lines("if TYPE_CHECKING:\nfrom types_boto3_sqs import SQSClient"),
        unit("sqs_by_tls"),
        unit("test_sqs_is_verified_by_an_authority_of_our_own"),
        unit("test_an_unverified_sqs_is_rejected"),
        unit("client_of"),
    ),
    "tests/orders_site/contracts/test_contracts_of_the_shop.py": (
        lines(
            '"jobs/jobs.v1": lambda body: resize(make_received(queue=QUEUE.name, '
            "body=body.decode())),"
        ),
    ),
    "tests/orders_site/conf/test_environment.py": (
        lines('"QUEUE_PREFIX": "shop-a-",'),
        lines(
            '"DEMO_AWS_ENDPOINT_URL": "http://127.0.0.1:4568",\n'
            '"DEMO_AWS_ACCESS_KEY_ID": "tea-key",\n"DEMO_AWS_SECRET_ACCESS_KEY": "tea-secret",'
        ),
        words(
            '{"SQS_WAIT_SECONDS", "PAGES", "LOG_FORMAT"', '{"BODY_SECONDS", "PAGES", "LOG_FORMAT"'
        ),
        lines('"SQS_VISIBILITY_TIMEOUT": ["43201"],'),
        lines('"JOB_RETRY_SECONDS": ["-9", "43201"],'),
        lines('"SQS_WAIT_SECONDS": ["", "maybe"],'),
        unit("test_the_visibility_timeout_stays_within_sqs_bounds"),
        words('{"WORKER_INSTANCE", "QUEUE_PREFIX", "LAB_NATS_URL"}', '{"WORKER_INSTANCE"}'),
        # What is left of the check looks for botocore's files alone.
        lines(
            '{"AWS_PROFILE": "nobody"},\n{"AWS_RETRY_MODE": "often"},\n'
            '{"AWS_CONFIG_FILE": "BROKEN"},'
        ),
        lines(
            '{"AWS_MAX_ATTEMPTS": "many"},\n{"AWS_REQUEST_CHECKSUM_CALCULATION": "maybe"},\n'
            '{"AWS_STS_REGIONAL_ENDPOINTS": "maybe"},'
        ),
        words(
            "test_an_invalid_botocore_variable_is_named(variables: dict[str, str], tmp_path: Path)",
            "test_a_botocore_file_that_is_not_there_is_named(variables: dict[str, str])",
        ),
        lines('broken = tmp_path / "config"\nbroken.write_text("no section = here")'),
        lines(
            '**{name: str(broken) if text == "BROKEN" else text '
            "for name, text in variables.items()},",
            "**variables,",
        ),
        unit("test_a_harmless_botocore_variable_is_accepted"),
        words('("tea-server", "tea-key")', '("tea-server",)'),
    ),
    "tests/orders_site/doctor/test_doctor.py": (
        words("*, database: str, nats: str, sqs: str)", "*, database: str, nats: str)"),
        words('"nats,postgres,sqs"', '"nats,postgres"'),
        lines('"AWS_ENDPOINT_URL": sqs,'),
        words('SQS_WAIT_SECONDS="soon"', 'BODY_SECONDS="soon"'),
        words("settings  SQS_WAIT_SECONDS=soon", "settings  BODY_SECONDS=soon"),
        words(
            "nats_server: NatsServer, sqs_server: MotoServer, postgresql_port",
            "nats_server: NatsServer, postgresql_port",
        ),
        words("nats=nats_server.url, sqs=sqs_server.url)", "nats=nats_server.url)"),
        lines('given["SQS_CALL_SECONDS"] = "5"  # moto is slow on a busy machine.'),
        words(
            '("stream ORDERS", "durable sales", "queue jobs")', '("stream ORDERS", "durable sales")'
        ),
        words(
            'assert found["jetstream"]["state"] == found["queue celery"]["state"] == "ok"',
            'assert found["jetstream"]["state"] == "ok"',
        ),
        words(
            "silent_server() as database, silent_server() as sqs, stopped",
            "silent_server() as database, stopped",
        ),
        lines('sqs=f"http://127.0.0.1:{sqs}",'),
        words('("database", "nats", "queue jobs", "queue celery")', '("database", "nats")'),
    ),
    "tests/orders_site/http/test_slow_served.py": (
        unit("test_probes_of_a_stopped_sqs_leave_pages_their_threads"),
    ),
    "tests/orders_site/test_admin_searches.py": (
        words('transport="sqs", consumer="jobs"', 'transport="jetstream", consumer="jobs"'),
        words('for name in ("jetstream", "sqs")]', 'for name in ("jetstream",)]'),
        words("assert waiting == [1, 0]", "assert waiting == [1]"),
    ),
    "tests/orders_site/http/test_probes.py": (words('{"sqs": "away"}, ', ""),),
    "tests/orders_site/large_tables.py": (
        words("CASE WHEN n % 1000 = 1 THEN 'sqs' ELSE 'jetstream' END", "'jetstream'"),
        words(
            "CASE WHEN n % 100 = 1 THEN 'sqs' ELSE 'jetstream' END",
            "CASE WHEN n % 100 = 1 THEN 'queue_group' ELSE 'jetstream' END",
        ),
    ),
    "tests/orders_site/test_admin.py": (
        words('transport="sqs", consumer="jobs"', 'transport="jetstream", consumer="jobs"'),
    ),
    "tests/orders_site/test_other_places.py": (
        words('"transport": "sqs"', '"transport": "jetstream"'),
    ),
    "tests/orders_site/doctor/test_shell.py": (
        words('"AWS_ENDPOINT_URL_SQS"', '"AWS_ENDPOINT_URL_S3"'),
    ),
}

SITE_TESTS: Cuts = joined(_CHECKS)
