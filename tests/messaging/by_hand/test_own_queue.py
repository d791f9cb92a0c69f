"""A queue by hand on a real SQS server: each call with a receipt handle, old and new."""

from collections.abc import Callable
from datetime import timedelta

import boto3
import pytest
from pytest_django.fixtures import Settings

from apps.messaging.brokers.sqs import QueueGone, client
from apps.messaging.by_hand.own_queue import ACCEPTED, QueueByHand
from apps.messaging.errors import BrokerAway
from apps.messaging.jobs.delivery import ReceivedJob
from tests.messaging.support.events import WashCup
from tests.support.moto_server import MotoServer
from tests.support.ports import free_port
from tests.support.waiting import eventually

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SHORT = timedelta(seconds=7)


@pytest.fixture
def queue(sqs_server: MotoServer) -> QueueByHand:
    made = QueueByHand(name="by-hand-1", visibility=timedelta(seconds=60))
    made.make()
    made.send(WashCup(cup=7), key="cup 7", traceparent=TRACE)
    return made


def received(queue: QueueByHand) -> ReceivedJob:
    job = eventually(queue.receive, what="a job comes")
    assert job
    return job


def test_a_job_is_received_whole(queue: QueueByHand) -> None:
    job = received(queue)
    assert (job.body, job.attempt) == ('{"cup":7}', 1)
    assert (job.headers["ce-subject"], job.headers["traceparent"]) == ("cup 7", TRACE)
    assert queue.counts() == {"visible": 0, "in_flight": 1}
    assert queue.receive() is None


def test_a_deleted_job_is_gone(queue: QueueByHand) -> None:
    assert queue.delete(received(queue).receipt_handle) == ACCEPTED
    assert queue.counts() == {"visible": 0, "in_flight": 0}


def test_a_job_that_is_not_deleted_comes_again_with_another_handle(queue: QueueByHand) -> None:
    short = QueueByHand(name=queue.name, visibility=SHORT)
    first, second = received(short), received(short)
    assert (first.sqs_id, first.attempt, second.attempt) == (second.sqs_id, 1, 2)
    assert first.receipt_handle != second.receipt_handle


def test_a_job_that_is_shown_again_comes_at_once(queue: QueueByHand) -> None:
    first = received(queue)
    assert queue.hide(first.receipt_handle, time=timedelta(0)) == ACCEPTED
    assert received(queue).attempt == 2


def test_a_job_is_hidden_for_longer(queue: QueueByHand) -> None:
    short = QueueByHand(name=queue.name, visibility=SHORT)
    first = received(short)
    assert short.hide(first.receipt_handle, time=timedelta(seconds=60)) == ACCEPTED
    assert [short.receive() for _ in range(9)] == [None] * 9


def test_a_handle_that_sqs_does_not_know_is_an_answer(queue: QueueByHand) -> None:
    assert queue.delete("nothing") == "ReceiptHandleIsInvalid"


def test_a_removed_queue_is_named(queue: QueueByHand) -> None:
    handle = received(queue).receipt_handle
    queue.remove()
    queue.remove()
    assert queue.counts() is None
    for call in (queue.receive, lambda: queue.delete(handle)):
        with pytest.raises(QueueGone):
            call()


@pytest.mark.parametrize(
    "call", [lambda queue: queue.delete("h"), lambda queue: queue.hide("h", time=SHORT)]
)
def test_a_client_that_cannot_be_made_is_an_outage(
    call: Callable[[QueueByHand], str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    settings.AWS_ENDPOINT_URL = f"http://127.0.0.1:{free_port()}"  # No client is kept for it.
    with pytest.raises(BrokerAway, match="nobody"):
        call(QueueByHand(name="by-hand-1", visibility=SHORT))


def test_made_again_it_is_empty(queue: QueueByHand) -> None:
    queue.make()
    assert queue.counts() == {"visible": 0, "in_flight": 0}


def test_it_has_no_dead_letter_queue(queue: QueueByHand) -> None:
    assert len(client().list_queues()["QueueUrls"]) == 1
