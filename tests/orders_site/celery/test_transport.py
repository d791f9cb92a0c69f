"""Our transport beside kombu's own, without a worker; `tests/notifications` runs it in one."""

import json
import re
import time
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from kombu.exceptions import OperationalError
from kombu.transport import SQS

from apps.messaging.jobs import job_queue
from apps.messaging.jobs.celery_queue import QUEUE as MAIL_QUEUE
from apps.messaging.jobs.receipts import receive
from orders_site.celery.transport import LOOK_EVERY_SECONDS, Channel
from tests.support.celery_on_sqs import celery_on_sqs
from tests.support.moto_server import MotoServer

QUEUE = "celery"
KOMBUS: Any = SQS.Channel


class Later:
    """An event loop that only writes down what it is to call, and after how many seconds."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def call_later(self, seconds: float, call: Callable[..., Any], *args: object) -> None:
        self.seconds.append(seconds)


@pytest.mark.parametrize(
    ("look", "seconds"),
    [(Channel._schedule_queue, LOOK_EVERY_SECONDS), (KOMBUS._schedule_queue, 0.2)],
    ids=["ours", "kombu's"],
)
def test_a_worker_looks_for_a_free_place_often(
    sqs_server: MotoServer, look: Callable[[Channel, str], None], seconds: float
) -> None:
    """Two tasks at a time were ten a second at most, so mails fell behind the orders."""
    with celery_on_sqs() as app, app.connection_for_read() as connection:
        channel: Any = connection.channel()
        channel.hub = hub = Later()
        channel._active_queues.append(QUEUE)
        channel.qos.prefetch_count = 1
        channel.qos._delivered["1"] = "a task that runs"
        look(channel, QUEUE)
        channel.qos._delivered.clear()
    assert hub.seconds == [seconds]


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"countdown": 3600}, "headers.eta: more than 30 s away"),
        ({"compression": "gzip"}, "headers.compression"),
        ({"serializer": "yaml"}, "content-type"),
        ({"link": "another task"}, "body: 2.callbacks"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_task_that_no_worker_would_run_is_not_enqueued(
    sqs_server: MotoServer, options: dict[str, Any], fault: str
) -> None:
    """It would be a dead letter as soon as a worker receives it; its caller can mend it."""
    job_queue.provision(MAIL_QUEUE)
    with celery_on_sqs() as app:
        if "link" in options:
            options = {"link": app.signature("brew")}
        with pytest.raises(ValueError, match=f"not enqueued: {re.escape(fault)}"):
            app.send_task("brew", **options)
    assert job_queue.counts(MAIL_QUEUE) == {"visible": 0, "in_flight": 0}


def test_a_task_is_tried_twice_at_once_while_sqs_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """kombu keeps neither the number nor the pauses of a policy; a caller waits for two tries."""
    tries: list[float] = []

    def away(channel: Channel, queue: str) -> int:
        tries.append(time.monotonic())
        raise EndpointConnectionError(endpoint_url="http://sqs")

    monkeypatch.setattr(SQS.Channel, "_size", away)
    policy = {"max_retries": 5, "interval_start": 2}
    with celery_on_sqs() as app, pytest.raises(OperationalError):
        app.send_task("brew", retry_policy=policy)
    assert len(tries) == 2
    assert tries[1] - tries[0] < 2


def test_a_task_with_a_delay_waits_at_sqs(sqs_server: MotoServer) -> None:
    job_queue.provision(MAIL_QUEUE)
    with celery_on_sqs() as app:
        app.send_task("brew", delay_seconds=600)
        app.send_task("brew", countdown=10)
    (now,) = receive(MAIL_QUEUE.name, at_most=10, wait_seconds=1)
    assert json.loads(b64decode(now.body))["headers"]["eta"]
    assert job_queue.counts(MAIL_QUEUE) == {"visible": 0, "in_flight": 1}
