"""The demo's SQS: moto with a quick clock and open connections, for long queues of mails."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from threading import Thread
from typing import Any, NoReturn

import pytest
from moto.core import utils
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.sqs import models
from werkzeug.serving import make_server

from apps.demo.supervisor.moto_server import OpenConnections, tell_time_quickly

QUEUE = "celery"
CLOCKS = ("unix_time", "unix_time_millis")


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give moto its own clock back after the test."""
    for name in CLOCKS:
        monkeypatch.setattr(models, name, vars(models)[name])


def receive(backend: models.SQSBackend) -> list[str]:
    found = backend.receive_message(QUEUE, 1, 0, visibility_timeout=60)
    return [message.body for message in found]


def test_sqs_receives_without_building_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    def utcnow() -> NoReturn:
        raise AssertionError("moto has built a date")

    tell_time_quickly()
    backend = models.SQSBackend("us-east-1", "123456789012")
    backend.create_queue(QUEUE, {})
    backend.send_message(QUEUE, "tea")
    monkeypatch.setattr(utils, "utcnow", utcnow)
    assert receive(backend) == ["tea"]
    assert receive(backend) == [], "it is hidden for a minute"


def test_the_quick_clock_shows_the_time_of_motos_own() -> None:
    before = [vars(models)[name]() for name in CLOCKS]
    tell_time_quickly()
    seconds, milliseconds = (vars(models)[name]() for name in CLOCKS)
    assert seconds == pytest.approx(before[0], abs=60)
    assert milliseconds == pytest.approx(before[1], abs=60_000)


@pytest.fixture
def answering() -> Iterator[HTTPConnection]:
    """A connection to moto's server, as the demo runs it."""
    moto = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, moto, threaded=True, request_handler=OpenConnections)
    thread = Thread(target=server.serve_forever)
    thread.start()
    connection = HTTPConnection("127.0.0.1", server.server_port)
    yield connection
    connection.close()
    server.shutdown()
    thread.join()


def asked(server: HTTPConnection, action: str, **parameters: object) -> dict[str, Any]:
    """Make a call of SQS on this connection."""
    headers = {
        "Authorization": "AWS4-HMAC-SHA256 Credential=demo/20261130/eu-central-2/sqs/aws4_request",
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": f"AmazonSQS.{action}",
    }
    server.request("POST", "/", json.dumps(parameters), headers)
    answer: dict[str, Any] = json.loads(server.getresponse().read() or b"{}")
    return answer


def test_many_requests_are_answered_on_one_connection(answering: HTTPConnection) -> None:
    url = asked(answering, "CreateQueue", QueueName=QUEUE)["QueueUrl"]
    opened = answering.sock
    asked(answering, "SendMessage", QueueUrl=url, MessageBody="tea")
    answering.request("POST", "/moto-api/nothing", b"a body that moto reads not")
    assert answering.getresponse().read()
    found = asked(answering, "ReceiveMessage", QueueUrl=url)["Messages"]
    assert [message["Body"] for message in found] == ["tea"]
    assert opened is answering.sock is not None


def test_a_call_that_moto_cannot_answer_is_an_error_of_its_own(answering: HTTPConnection) -> None:
    answering.request("POST", "/no/such/bucket", b"")
    assert answering.getresponse().status == 500
    assert "QueueUrl" in asked(answering, "CreateQueue", QueueName=QUEUE)
