"""What `manage.py doctor` says of a queue at a real SQS server."""

from pytest_django.fixtures import Settings

from apps.messaging.brokers.sqs import client, queue_url
from apps.messaging.finding import Finding
from apps.messaging.jobs import job_queue
from apps.messaging.operations import examined_queues
from tests.messaging.support.jobs import CUPS
from tests.support.moto_server import MotoServer
from tests.support.ports import free_port
from tests.support.silent import stopped


def found() -> Finding:
    (only,) = examined_queues.findings(CUPS)
    return only


def test_a_provisioned_queue_is_well(sqs_server: MotoServer) -> None:
    job_queue.provision(CUPS)
    assert found() == Finding("queue cups", "ok", "is as declared")


def test_a_missing_queue_is_to_be_provisioned(sqs_server: MotoServer) -> None:
    assert found() == Finding("queue cups", "broken", "is missing", "manage.py provision")


def test_a_queue_that_was_deleted_since_is_missing(sqs_server: MotoServer) -> None:
    job_queue.provision(CUPS)
    assert found().state == "ok"
    sqs_server.forget()
    assert found().seen == "is missing"


def test_a_queue_with_other_attributes_is_named_with_them(
    sqs_server: MotoServer, settings: Settings
) -> None:
    job_queue.provision(CUPS)
    url = queue_url(CUPS.name)
    client().set_queue_attributes(
        QueueUrl=url, Attributes={"VisibilityTimeout": "7", "MessageRetentionPeriod": "60"}
    )
    wanted = settings.SQS_VISIBILITY_TIMEOUT
    assert found().seen == (
        f"is not as declared: VisibilityTimeout is 7, not {wanted}, "
        f"MessageRetentionPeriod is 60, not {job_queue.RETENTION_SECONDS}"
    )


def test_a_queue_without_its_dead_letter_queue_is_named(sqs_server: MotoServer) -> None:
    client().create_queue(QueueName=CUPS.name, Attributes={"VisibilityTimeout": "30"})
    said = found()
    assert said.state == "broken"
    assert "maxReceiveCount is unset, not 3" in said.seen
    assert "its dead letter queue is not cups-dlq" in said.seen


def test_a_server_that_hangs_is_named(sqs_server: MotoServer) -> None:
    assert sqs_server.process
    with stopped(sqs_server.process.pid):
        said = found()
    assert said.state == "broken"
    assert sqs_server.url in said.seen


def test_a_server_that_is_away_is_named(settings: Settings) -> None:
    settings.AWS_ENDPOINT_URL = f"http://127.0.0.1:{free_port()}"
    said = found()
    assert said.state == "broken"
    assert settings.AWS_ENDPOINT_URL in said.seen
    assert "AWS_ENDPOINT_URL" in said.mend
