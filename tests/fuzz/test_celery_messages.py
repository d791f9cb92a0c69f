"""Any message on Celery's queue is a task that runs or a dead letter, and never an exception."""

import json
from typing import Any
from unittest.mock import MagicMock
from uuid import uuid4

import pytest
from celery.concurrency.solo import TaskPool
from hypothesis import given
from hypothesis import strategies as some
from kombu import Message
from kombu.transport.virtual.base import Message as VirtualMessage

from apps.messaging.models import DeadLetter
from apps.notifications.tasks import send_mail
from orders_site.celery import app
from orders_site.celery.dead_letters import DeadLetteringConsumer
from orders_site.celery.transport import Channel
from tests.fuzz.generated_input import JSON, TEXT, quick

pytestmark = pytest.mark.django_db

HEADERS = "task id root_id parent_id group shadow eta retries timelimit compression stamps"
PROPERTIES = "body_encoding delivery_info delivery_tag reply_to correlation_id priority"
TIMES = some.datetimes().map(lambda time: time.isoformat())
ANYTHING = JSON | TIMES | some.sampled_from(["application/x-python-serialize", "base64", "utf-16"])
BODIES = JSON.map(json.dumps) | some.lists(ANYTHING, min_size=3, max_size=3).map(json.dumps)


@some.composite
def messages(draw: some.DrawFn) -> str:
    """A call of one of our tasks, with some parts changed."""
    message = {
        "body": draw(some.just("[[4711], {}, {}]") | BODIES),
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {"task": send_mail.name, "id": str(uuid4())}
        | draw(changes(HEADERS.split(), ANYTHING))
        | draw(changes(["expires"], JSON)),  # One that has expired is to be forgotten.
        "properties": draw(changes(PROPERTIES.split(), ANYTHING)),
    }
    return json.dumps(message | draw(changes(list(message), ANYTHING)))


def changes(names: list[str], values: Any) -> Any:
    return some.dictionaries(some.sampled_from(names), values, max_size=1)


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that handles the body of an SQS message as Celery's worker does."""
    monkeypatch.setattr(Message, "ack_log_error", lambda *_: None)
    monkeypatch.setattr(Message, "reject_log_error", lambda *_: None)
    channel: Any = Channel.__new__(Channel)
    channel.connection = MagicMock(_noack_queues=set())
    pool = TaskPool(1, app=app)
    consumer: Any = DeadLetteringConsumer(
        on_task_request=lambda request: request.execute_using_pool(pool),
        pool=pool,
        app=app,
        timer=MagicMock(),
        controller=MagicMock(),
    )
    consumer.controller.state.revoked = set()
    consumer.event_dispatcher = None
    app.loader.import_default_modules()
    consumer.update_strategies()
    handler = consumer.create_task_handler()

    def work(body: str) -> None:
        received = {"Body": body, "MessageId": str(uuid4()), "ReceiptHandle": "none"}
        payload = channel._message_to_python(received, "celery", "url")
        handler(VirtualMessage(payload, channel=channel))

    return work


@quick()
@given(body=TEXT | JSON.map(json.dumps) | messages())
def test_an_invalid_celery_message_is_dead_lettered(worker: Any, body: str) -> None:
    DeadLetter.objects.all().delete()
    worker(body)
    assert DeadLetter.objects.count() == 1
