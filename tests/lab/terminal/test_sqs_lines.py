"""Lines of `aws sqs` on a real server of SQS: what they do there, and what they print."""

import json
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from apps.lab.feed import hops
from apps.messaging.brokers import addresses
from apps.messaging.brokers.addresses import shell_queue_url
from tests.lab.terminal.typing import Paper, done, typed

JOB = '{"task": "resize", "id": 7}'
SEND = f"""aws sqs send-message --queue-url "$Q" --message-body '{JOB}'"""
RECEIVE = 'aws sqs receive-message --queue-url "$Q"'
DELETE = 'aws sqs delete-message --queue-url "$Q" --receipt-handle "$RECEIPT_HANDLE"'
HIDE = (
    'aws sqs change-message-visibility --queue-url "$Q" --receipt-handle "$RECEIPT_HANDLE" '
    "--visibility-timeout"
)
COUNT = (
    'aws sqs get-queue-attributes --queue-url "$Q" --attribute-names '
    "ApproximateNumberOfMessages ApproximateNumberOfMessagesNotVisible"
)

pytestmark = pytest.mark.usefixtures("sqs_server")


@pytest.fixture(autouse=True)
def queue(sqs_server: object) -> None:
    printed = json.loads(done("aws sqs create-queue --queue-name jobs"))
    assert printed == {"QueueUrl": shell_queue_url("jobs")}


def counts() -> tuple[str, str]:
    found = json.loads(done(COUNT))["Attributes"]
    return found["ApproximateNumberOfMessages"], found["ApproximateNumberOfMessagesNotVisible"]


def received(paper: Paper) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = json.loads(paper.text)["Messages"]
    return messages


def test_a_job_is_sent_received_and_deleted() -> None:
    sent = json.loads(done(SEND))
    assert set(sent) == {"MessageId", "MD5OfMessageBody"}
    paper = typed(f"{RECEIVE} --max-number-of-messages 10 --wait-time-seconds 20")
    (message,) = received(paper)
    assert (message["Body"], message["MessageId"]) == (JOB, sent["MessageId"])
    assert paper.variables == {"RECEIPT_HANDLE": message["ReceiptHandle"]}
    assert counts() == ("0", "1")
    assert done(DELETE, **paper.variables) == ""
    assert counts() == ("0", "0")


def test_a_hidden_job_is_shown_again_with_another_handle() -> None:
    done(SEND)
    first = typed(RECEIVE)
    assert done(RECEIVE) == ""
    assert done(f"{HIDE} 0", **first.variables) == ""
    second = typed(f"{RECEIVE} --attribute-names ApproximateReceiveCount")
    (message,) = received(second)
    assert message["Attributes"] == {"ApproximateReceiveCount": "2"}
    assert second.variables != first.variables


def test_ones_own_queue_is_deleted() -> None:
    url = f"--queue-url {shell_queue_url('mine')}"
    done("aws sqs create-queue --queue-name mine")
    assert done(f"aws sqs delete-queue {url}") == ""
    assert "The specified queue does not exist" in typed(f"aws sqs delete-queue {url}").text


@pytest.mark.parametrize("queue", ["jobs", "jobs-dlq", "by-hand-4711"])
def test_no_queue_of_the_shop_or_of_another_visitor_is_deleted(queue: str) -> None:
    done(f"aws sqs create-queue --queue-name {queue}")
    paper = typed(f"aws sqs delete-queue --queue-url {shell_queue_url(queue)}")
    assert paper.code == 255
    assert f"(AccessDenied) when calling the DeleteQueue operation: {queue} is not yours" in (
        paper.text
    )
    assert done(f"aws sqs get-queue-url --queue-name {queue}")


def test_an_empty_long_poll_ends_in_time_and_prints_nothing() -> None:
    assert done(f"{RECEIVE} --wait-time-seconds 1") == ""


def test_an_error_of_sqs_is_printed_as_aws_does() -> None:
    paper = typed(DELETE, RECEIPT_HANDLE="nope")
    assert paper.code == 255
    assert paper.text == (
        "\nAn error occurred (ReceiptHandleIsInvalid) when calling the DeleteMessage operation: "
        "The input receipt handle is invalid."
    )
    missing = typed(SEND, Q="http://elsewhere.example/123456789012/missing")
    assert "when calling the SendMessage operation: The specified queue does not exist." in (
        missing.text
    )


def test_a_queue_in_containers_has_its_published_url(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "ON_THIS_MACHINE", set())
    settings.AWS_PORT = 4566
    assert json.loads(done("aws sqs get-queue-url --queue-name jobs")) == {
        "QueueUrl": "http://127.0.0.1:4566/123456789012/jobs"
    }


def test_what_is_typed_is_reported_to_the_map(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str, str]] = []
    monkeypatch.setattr(
        hops,
        "report",
        lambda point, messages: seen.extend(
            (point, each.destination, each.consumer) for each in messages
        ),
    )
    done(SEND)
    done(DELETE, **typed(RECEIVE).variables)
    assert seen == [
        ("terminal.sent", "jobs", "sqs"),
        ("terminal.received", "jobs", "sqs"),
        ("terminal.settled", "jobs", "sqs"),
    ]
