"""What SQS has in the tests of operations, contracts and hooks."""

from apps.start_project.parts.cuts import block, lines, unit, words
from apps.start_project.parts.part import Cuts, joined

_OPERATIONS: Cuts = {
    "tests/messaging/operations/test_purging.py": (
        *map(
            unit,
            (
                "test_a_purge_deletes_visible_and_in_flight_messages",
                "test_a_second_purge_within_a_minute_drains_instead",
                "test_another_rejection_of_a_purge_is_an_error",
            ),
        ),
    ),
    "tests/messaging/operations/test_examined_nats.py": (words(', "--only=nats"'),),
    "tests/messaging/operations/test_metrics.py": (
        words(
            '"transport": "sqs", "destination": "cups"',
            '"transport": "jetstream", "destination": "cups"',
        ),
        words('{"sqs": "no answer"}', '{"nats": "no answer"}'),
        lines('"queue_visible{cups}": 4,\n"queue_in_flight{cups}": 5,'),
        lines('"part_answers{nats}": 1,\n"part_answers{sqs}": 0,', '"part_answers{nats}": 0,'),
    ),
    "tests/messaging/operations/test_status.py": (
        lines("status._probe_of_queue.cache_clear()"),
        words(
            "def servers(nats_server: NatsServer, sqs_server: MotoServer) -> "
            'Iterator[None]: """Both, with all that is declared."""',
            'def servers(nats_server: NatsServer) -> Iterator[None]:\n    """It, with all '
            'that is declared."""',
        ),
        unit("silent_sqs"),
        words(
            "def silent_nats(sqs_server: MotoServer, settings: Settings)",
            "def silent_nats(settings: Settings)",
        ),
        unit("test_a_queue_that_is_not_provisioned_is_named"),
        words('[("silent_sqs", "sqs"), ("silent_nats", "nats")]', '[("silent_nats", "nats")]'),
        words('{part} | ({"sqs"} if part == "nats" else set())', "{part}"),
        lines("sqs_server: MotoServer,"),
        lines("assert sqs_server.process"),
        words(", stopped(sqs_server.process.pid)"),
        lines('assert "sqs" in shown'),
        lines('@pytest.mark.usefixtures("sqs_server")'),
        unit("test_counting_a_silent_queue_fails_soon"),
    ),
}

_CONTRACTS: Cuts = {
    "tests/messaging/contracts/teas.py": (
        lines("from tests.messaging.support.jobs import CUPS"),
        unit("QUEUE"),
        lines('job(WashCup, producers=["waiter"], consumers=["washer"]),'),
        lines('"jobs/cups.v1": \'{"cup": 1}\','),
    ),
    "tests/messaging/contracts/test_asyncapi.py": (
        lines('(["channels", "sqs.cups", "bindings", "sqs", "queue", "fifoQueue"], "no"),'),
        words("test_groups_streams_and_queues_are_named", "test_groups_and_streams_are_named"),
        lines(
            'queue = made["channels"]["sqs.cups"]["bindings"]["sqs"]["queue"]\n'
            'assert queue["redrivePolicy"] == {"deadLetterQueue": {"name": "cups-dlq"}, '
            '"maxReceiveCount": 3}'
        ),
        unit("test_a_job_without_a_queue_is_named"),
    ),
    "tests/messaging/contracts/test_command.py": (
        lines(
            'assert "| queue `cups-dlq` | jobs that SQS gave up | `dead_letter_collector` '
            '|" in page'
        ),
        lines(
            '("jobs/cups.v1.json", "cup", {"type": "string"}, "may be integer now; it hits '
            'washer"),'
        ),
    ),
    "tests/messaging/contracts/test_compatibility.py": (
        words(
            "[EVENT, ContractKind.JOB, ContractKind.OFFER, ContractKind.BROADCAST]",
            "[EVENT, ContractKind.OFFER, ContractKind.BROADCAST]",
        ),
    ),
    "tests/messaging/support/events.py": (
        words("import Envelope, Event, Job", "import Envelope, Event, Payload"),
        words("class WashCup(Job):", "class WashCup(Payload):"),
        lines('queue: ClassVar[str] = "cups"'),
        words(
            "with the consumer of this dotted name, and no queue.",
            "with the consumer of this dotted name.",
        ),
    ),
    "tests/messaging/testing/conftest.py": (
        words("teas, their consumer, cups and their queue.", "teas and their consumer."),
        lines('job(WashCup, producers=["kitchen"], consumers=["washer"]),'),
    ),
    "tests/messaging/testing/test_deliver.py": (
        words(
            'outbox.record(WashCup(cup=brewed.cups), key="pot-1")',
            'outbox.record(TeaBrewed(cups=brewed.cups + 1), key="pot-1")',
        ),
        words("[WashCup(cup=2)]", "[TeaBrewed(cups=3)]", times=0),
    ),
    "tests/messaging/testing/test_published.py": (
        words("*messages: Event | Job, key", "*messages: Event, key"),
        words(
            "TeaBrewed(cups=1), WashCup(cup=7), TeaBrewed(cups=2)",
            "TeaBrewed(cups=1), TeaBrewed(cups=2)",
            times=3,
        ),
        lines("assert [wash.cup for wash in published(WashCup)] == [7]"),
    ),
}

_OTHERS: Cuts = {
    "tests/alone/settings.py": (
        unit("MESSAGING_QUEUES"),
        unit("QUEUE_PREFIX"),
        unit("SQS_WAIT_SECONDS"),
        unit("SQS_VISIBILITY_TIMEOUT"),
        words("jobs_for=0.0,"),
        lines('job=float(_given("JOB_SECONDS", "600")),'),
        lines('sqs_call=float(_given("SQS_CALL_SECONDS", "2")),'),
        words("PORT, NATS_PORT, AWS_PORT = 8000, 1, 1", "PORT, NATS_PORT = 8000, 1"),
    ),
    "tests/messaging/hooks/test_points.py": (
        words('transport="sqs"', 'transport="jetstream"'),
        words('{"transport": "sqs"}', '{"transport": "jetstream"}'),
    ),
    "tests/messaging/test_checks.py": (
        unit("READ_BY_THE_SETTINGS"),
        unit("read_by_botocore"),
        unit("test_every_environment_variable_of_botocore_is_listed"),
        words('["S3", "SQS"]', '["S3"]'),
        words("http://sqs.example.com", "http://s3.example.com"),
    ),
    "tests/plugins/demos.py": (lines('"SQS_VISIBILITY_TIMEOUT": "5",'),),
    "tests/conftest.py": (
        unit("PATIENT_CALL_SECONDS"),
        words(
            "A real SQS server without any queue, the one that",
            "A real AWS server without any bucket, the one that",
        ),
        lines("settings.SQS_WAIT_SECONDS = 1"),
        lines(
            "settings.LONGEST_TIMES = replace(settings.LONGEST_TIMES, "
            "sqs_call=PATIENT_CALL_SECONDS)"
        ),
        lines('server.load("sqs", "AmazonSQS.ListQueues")'),
    ),
    "tests/grey/test_alarms.py": (
        unit("test_jobs_may_wait_only_after_what_delays_photos_or_mails"),
    ),
    "tests/grey/expected_alarms.py": (
        *(unit(name) for name in ("WAITS", "WAITING", "_with_what_waits")),
        lines(
            "# The job of the photo that is uploaded meanwhile.\n"
            '"image_resizer": _expected(f"{GONE} {WAITS}"),'
        ),
        words("_with_unready(_with_what_waits(name, expected))", "_with_unready(expected)"),
        lines(
            "# The job of the photo that is uploaded meanwhile waits; so do mails, and who sends "
            "their tasks.\n"
            '"sqs.stopped": _expected("EventsNotSent PartDoesNotAnswer", "ConsumerBehind '
            'DestinationHeld"),\n'
            '"sqs.late": _expected("PartDoesNotAnswer", "ConsumerBehind EventsNotSent"),\n'
            '"sqs.half-cut": _expected("PartDoesNotAnswer", "ConsumerBehind EventsNotSent"),'
        ),
    ),
    "tests/support/moto_server.py": (
        block("def load(self, service: str, operation: str) -> None:"),
        words("SQS for tests: moto's real server", "S3 for tests: moto's real server"),
        words("Drop every queue, as a restart", "Drop every bucket, as a restart"),
    ),
}

OPERATIONS_TESTS: Cuts = joined(_OPERATIONS, _CONTRACTS, _OTHERS)
