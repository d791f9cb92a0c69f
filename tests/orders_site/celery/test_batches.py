"""Tasks that are enqueued in one block, on a real SQS server."""

import json
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from celery import Celery

from apps.messaging.brokers import sqs
from apps.messaging.jobs import job_queue
from apps.messaging.jobs.celery_queue import QUEUE
from apps.messaging.jobs.receipts import receive
from tests.support.celery_on_sqs import celery_on_sqs
from tests.support.moto_server import MotoServer


class Client:
    """kombu's client of SQS: it counts the requests, and may fail one of them."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.sizes: list[int] = []
        self.fails: list[Exception | int | None] = []
        """Of each request: the error instead of it, or the place of a failed message, or None."""
        self.names_failed = True

    def send_message_batch(self, *, Entries: list[dict[str, Any]], **url: str) -> Any:  # noqa: N803
        self.sizes.append(len(Entries))
        failure = self.fails.pop(0) if self.fails else None
        if isinstance(failure, Exception):
            raise failure
        left = [each for each in Entries if each["Id"] != str(failure)]
        answer = self._client.send_message_batch(Entries=left, **url)
        if failure is not None and self.names_failed:
            answer["Failed"] = [{"Id": str(failure), "Code": "InternalError"}]
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


@pytest.fixture
def app(sqs_server: MotoServer) -> Iterator[Celery]:
    job_queue.provision(QUEUE)
    with celery_on_sqs() as app:
        yield app


def brew(app: Celery, cups: int, **options: Any) -> tuple[dict[int, str], Client]:
    """Enqueue so many tasks in one block; return their errors, and the client that sent them."""
    with app.producer_or_acquire() as producer:
        clients = producer.channel._predefined_queue_clients
        client = clients[QUEUE.name] = Client(producer.channel.sqs(QUEUE.name))
        client.fails = options.pop("fails", [])
        client.names_failed = options.pop("names_failed", True)
        with producer.channel.together() as errors:
            for cup in range(cups):
                app.send_task("brew", (cup,), producer=producer, **options)
            assert client.sizes == []
        return errors, client


def enqueued() -> list[int]:
    """Receive all that is in the queue; return the cup of each task."""
    cups = []
    while jobs := receive(QUEUE.name, at_most=10, wait_seconds=0):
        tasks = [json.loads(b64decode(job.body)) for job in jobs]
        cups += [json.loads(b64decode(task["body"]))[0][0] for task in tasks]
    return sorted(cups)


def test_tasks_of_a_block_are_sent_by_ten(app: Celery) -> None:
    errors, client = brew(app, 23)
    assert client.sizes == [10, 10, 3]
    assert errors == {}
    assert enqueued() == [*range(23)]


def test_a_task_that_sqs_does_not_accept_holds_up_no_other(app: Celery) -> None:
    errors, _ = brew(app, 12, fails=[4])
    assert errors == {4: "InternalError"}
    assert enqueued() == [0, 1, 2, 3, *range(5, 12)]


def test_a_task_that_the_answer_does_not_name_is_not_sent(app: Celery) -> None:
    errors, _ = brew(app, 3, fails=[1], names_failed=False)
    assert errors == {1: "not in the answer"}
    assert enqueued() == [0, 2]


def test_a_request_that_sqs_rejects_is_repeated_task_by_task(app: Celery) -> None:
    rejected = sqs.client().exceptions.ClientError(
        {"Error": {"Code": "BatchRequestTooLong"}}, "SendMessageBatch"
    )
    errors, client = brew(app, 3, fails=[rejected, rejected])
    assert client.sizes == [3, 1, 1, 1]
    assert errors.keys() == {0}
    assert enqueued() == [1, 2]


def test_a_request_without_an_answer_is_repeated_once(app: Celery) -> None:
    silent = ReadTimeoutError(endpoint_url="http://sqs")
    assert brew(app, 2, fails=[silent])[0] == {}
    errors, client = brew(app, 30, fails=[None, silent, silent])
    assert client.sizes == [10, 10, 10], "the last ten do not wait for it"
    assert errors.keys() == {*range(10, 30)}


def test_a_missing_queue_is_the_error_of_every_task(app: Celery) -> None:
    brew(app, 1)
    sqs.client().delete_queue(QueueUrl=sqs.queue_url(QUEUE.name))
    errors, _ = brew(app, 2)
    assert ["NonExistentQueue" in error for error in errors.values()] == [True, True]


def test_a_block_that_fails_sends_nothing(app: Celery) -> None:
    with pytest.raises(ValueError, match="not enqueued"):
        brew(app, 2, countdown=3600)
    assert enqueued() == []
    app.send_task("brew", (3,))
    assert enqueued() == [3], "after the block a task is sent at once"


def test_a_task_with_a_delay_waits_at_sqs(app: Celery) -> None:
    assert brew(app, 2, delay_seconds=600)[0] == {}
    assert enqueued() == []
    assert job_queue.counts(QUEUE)["visible"] == 0
