"""What SQS has in the tests of the demo and the scaffolds."""

from apps.start_project.parts.cuts import block, lines, unit, words
from apps.start_project.parts.part import Cuts, joined

_SCAFFOLD: Cuts = {
    "tests/scaffold/test_commands.py": (
        words(
            "`new_event` and `new_job`: what they would write, and what they refuse.",
            "`new_event`: what it would write, and what it refuses.",
        ),
        words("test_all_modules_are_python_and_all_policies_json", "test_all_modules_are_python"),
        words(
            'for tree in (new_event(ROOT, "orders.signed", "orders"), new_job(ROOT, '
            '"labels", "orders")):',
            'for tree in (new_event(ROOT, "orders.signed", "orders"),):',
        ),
        block('if path.endswith(".json"):'),
        lines('new_job(copy, "labels", "orders").save()'),
        words(
            'with pytest.raises(ScaffoldError, match=r"LabelsJob is in '
            'apps/orders/contract\\.py"): new_job(copy, "labels", "orders")'
        ),
        words(
            'is missing"): new_job(copy, "labels", "orders")',
            'is missing"):\n        new_event(copy, "orders.signed", "orders")',
        ),
        words('("new_job", "Labels", "orders", … "is no app of the shop"),'),
    ),
    "tests/scaffold/test_many.py": (
        words(
            "These files after an event and a job of each word",
            "These files after two events of each word",
        ),
        words(
            'new_job(copy, f"{word}_labels", "catalog").save()',
            'new_event(copy, f"orders.{word}_too", "orders").save()',
        ),
        words(
            '{f"{word}_labels_worker" for word in WORDS}',
            '{f"orders_{word}_too_consumer" for word in WORDS}',
        ),
        lines('assert texts.count(f"class {word.title()}LabelsJob(Job):") == 1'),
        words("events, jobs = (", "events, more = ("),
        words("events | jobs", "events | more", times=2),
    ),
    "tests/scaffold/test_scaffolds_at_work.py": (
        unit("NEW_JOB"),
        words("NEW_JOB,"),
        words('{"orders.shipped", "invoice"}', '{"orders.shipped"}'),
    ),
    "tests/scaffold/test_edits.py": (unit("test_a_policy_gets_a_queue_of_the_same_account"),),
}

_DEMO: Cuts = {
    "tests/demo/test_environment.py": (
        unit("DISOBEYED"),
        unit("test_a_proxy_is_not_used_for_the_demo"),
        lines('settings.AWS_ENDPOINT_URL = "http://sqs:5000"'),
        words(
            "settings.PORT, settings.NATS_PORT, settings.AWS_PORT = 8123, 4331, 4631",
            "settings.PORT, settings.NATS_PORT = 8123, 4331",
        ),
        words('"export AWS_ENDPOINT_URL=http://127.0.0.1:4631", … 123456789012/jobs",'),
        unit("test_every_aws_command_obeys_the_endpoint"),
        unit("test_the_tutorials_aws_command_reaches_the_demo"),
        unit("test_q_is_the_queue_of_the_jobs"),
        unit("test_q_has_the_prefix_of_this_shop"),
    ),
    "tests/demo/test_start.py": (
        words("http://sqs.example.com", "http://s3.example.com"),
        lines('"QUEUE_PREFIX": "shop-b-",'),
        words('SQS_WAIT_SECONDS="99")', 'BODY_SECONDS="999")'),
        words('output.count("SQS_WAIT_SECONDS=99")', 'output.count("BODY_SECONDS=999")'),
        words(
            '"PORT": str(free_port()), "NATS_PORT": str(free_port()), "AWS_PORT": taken}',
            '"PORT": str(free_port()), "NATS_PORT": taken}',
        ),
        words('assert "AWS_PORT" in refused', 'assert "NATS_PORT" in refused'),
    ),
    "tests/demo/test_ports_of_a_running_demo.py": (
        lines(
            'assert f"AWS_ENDPOINT_URL=http://127.0.0.1:{settings.AWS_PORT}\\n" in printed',
            'assert f"NATS_URL=nats://127.0.0.1:{settings.NATS_PORT}\\n" in printed',
        ),
        words('f":{settings.AWS_PORT}\\n"', 'f":{settings.NATS_PORT}\\n"'),
    ),
    "tests/demo/test_folder.py": (words('"AWS_PORT"', '"NATS_PORT"', times=2),),
    "tests/demo/supervisor/test_servers.py": (
        lines("if TYPE_CHECKING:\nfrom types_boto3_sqs import SQSClient"),
        unit("test_moto_answers_as_sqs_without_request_logs"),
        unit("sqs_client"),
    ),
}

DEMO_TESTS: Cuts = joined(_SCAFFOLD, _DEMO)
