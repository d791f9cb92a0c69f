"""Calls to SQS that are sent as botocore sent the first: they ask, answer and fail alike."""

import json
import secrets
from http import HTTPStatus
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ClientError, ConnectionClosedError

from apps.messaging.brokers.sqs import client, queue_url
from apps.messaging.jobs.job_queue import provision
from tests.messaging.support.jobs import CUPS, send
from tests.support.moto_server import MotoServer

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

NEW_EACH_TIME = {"amz-sdk-invocation-id", "amz-sdk-request", "authorization", "x-amz-date"}


class Line:
    """Notes each request of a client, and sends it.

    `is_cut` ends the next one before its answer, and `is_mute` makes its answer empty.
    """

    def __init__(self, session: Any) -> None:
        self.requests: list[AWSPreparedRequest] = []
        self.is_cut = self.is_mute = False
        self._send = session.send

    def send(self, request: AWSPreparedRequest) -> object:
        self.requests.append(request)
        if self.is_cut:
            self.is_cut = False
            raise ConnectionClosedError(endpoint_url=request.url)
        if self.is_mute:
            return SimpleNamespace(status_code=HTTPStatus.OK, content=b"")
        return self._send(request)


@pytest.fixture
def sqs(sqs_server: MotoServer) -> "SQSClient":
    provision(CUPS)
    return client()


@pytest.fixture
def line(sqs: "SQSClient", monkeypatch: pytest.MonkeyPatch) -> Line:
    session: Any = sqs._endpoint.http_session  # type: ignore[attr-defined]
    line = Line(session)
    monkeypatch.setattr(session, "send", line.send)
    return line


def plain(text: Any) -> str:
    return text.decode() if isinstance(text, bytes) else str(text)


def asked_of(request: AWSPreparedRequest) -> object:
    body: Any = request.body
    return json.loads(body)


def headers_of(request: AWSPreparedRequest) -> dict[str, str]:
    """Return the headers that do not differ; botocore has encoded its own."""
    headers: dict[str, Any] = {name.lower(): text for name, text in request.headers.items()}
    return {name: plain(text) for name, text in headers.items() if name not in NEW_EACH_TIME}


def signed_for(request: AWSPreparedRequest) -> list[str]:
    """Return the key, the day, the region and the service of the signature."""
    return plain(request.headers["Authorization"]).split(",")[0].split("/")


def test_the_second_call_asks_as_botocore_asked_first(sqs: "SQSClient", line: Line) -> None:
    other = secrets.token_hex(8)  # Learnt from botocore's own call, whatever was called before.
    asked = {"QueueUrl": queue_url(CUPS.name), "Entries": [{"Id": other, "ReceiptHandle": other}]}
    sqs.delete_message_batch._pattern = None  # type: ignore[attr-defined]
    for _ in range(2):
        sqs.delete_message_batch(**asked)  # type: ignore[arg-type]
    first, second = line.requests[-2:]  # Before them the process may have asked for the queue.
    assert "amz-sdk-request" in {name.lower() for name in first.headers}
    assert "amz-sdk-request" not in {name.lower() for name in second.headers}
    assert (second.method, second.url) == (first.method, first.url)
    assert asked_of(second) == asked_of(first) == asked
    assert headers_of(second) == headers_of(first)
    assert signed_for(second) == signed_for(first)


def test_the_second_answer_has_what_the_first_had(sqs: "SQSClient") -> None:
    sqs.receive_message._pattern = None  # type: ignore[attr-defined]
    answers: list[Any] = []
    for _ in range(2):
        send("cup")
        answers.append(
            sqs.receive_message(
                QueueUrl=queue_url(CUPS.name),
                WaitTimeSeconds=2,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
            )
        )
    assert "ResponseMetadata" in answers[0]
    assert "ResponseMetadata" not in answers[1]
    first, second = [answer["Messages"][0] for answer in answers]
    assert first.keys() == second.keys()
    assert first["Attributes"].keys() == second["Attributes"].keys()
    attributes = [message["MessageAttributes"] for message in (first, second)]
    assert attributes[0]["ce-subject"] == attributes[1]["ce-subject"]


def test_an_error_is_named_by_botocore(sqs: "SQSClient") -> None:
    url = queue_url(CUPS.name)
    for _ in range(2):
        sqs.receive_message(QueueUrl=url, WaitTimeSeconds=0)
    with pytest.raises(ClientError, match="NonExistentQueue"):
        sqs.receive_message(QueueUrl=f"{url}-of-nobody", WaitTimeSeconds=0)


def test_a_call_on_a_connection_that_was_closed_is_made_again(sqs: "SQSClient", line: Line) -> None:
    sqs.receive_message(QueueUrl=queue_url(CUPS.name), WaitTimeSeconds=0)
    send("cup")
    line.requests.clear()
    line.is_cut = True
    answer = sqs.receive_message(QueueUrl=queue_url(CUPS.name), WaitTimeSeconds=2)
    assert [message["Body"] for message in answer["Messages"]] == ["cup"]
    assert len(line.requests) == 2


def test_an_empty_answer_is_an_answer(sqs: "SQSClient", line: Line) -> None:
    send("cup")
    url = queue_url(CUPS.name)
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    for _ in range(2):  # The second one is repeated.
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    line.is_mute, asked = True, len(line.requests)
    answer: object = sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert answer == {}
    assert len(line.requests) == asked + 1
