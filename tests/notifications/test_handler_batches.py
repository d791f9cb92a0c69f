"""A batch of ends of orders, from the stream's deliveries to the tasks on a real SQS server."""

import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from apps.messaging.events.batch_delivery import deliver_batch
from apps.messaging.events.delivery import Delivery
from apps.messaging.jobs import job_queue
from apps.messaging.jobs.celery_queue import QUEUE
from apps.messaging.jobs.receipts import receive
from apps.notifications.handlers import CONSUMER
from apps.notifications.models import Mail
from apps.notifications.tasks import OVERDUE, reconcile, task_id_of
from apps.orders.events import OrderConfirmed
from tests.orders.factories import confirm, event_of, foreign_delivery, make_order
from tests.support.celery_on_sqs import celery_on_sqs
from tests.support.moto_server import MotoServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def queue(sqs_server: MotoServer) -> Iterator[None]:
    job_queue.provision(QUEUE)
    with celery_on_sqs():
        yield


def deliveries(count: int) -> list[Delivery]:
    """Return confirmations of so many orders, each with a trace of its own."""
    events = [event_of(OrderConfirmed, confirm(make_order())) for _ in range(count)]
    found = [foreign_delivery(event, CONSUMER) for event in events]
    return [
        replace(each, headers=each.headers | {"traceparent": f"00-{place:032x}-{place:016x}-01"})
        for place, each in enumerate(found, start=1)
    ]


def enqueued() -> dict[int, str]:
    """Receive all tasks; return the trace of each mail's task."""
    traces: dict[int, str] = {}
    while jobs := receive(QUEUE.name, at_most=10, wait_seconds=0):
        tasks: list[dict[str, Any]] = [json.loads(b64decode(job.body)) for job in jobs]
        for task in tasks:
            (mail_id,) = json.loads(b64decode(task["body"]))[0]
            assert mail_id not in traces, "each mail has one task"
            assert task["headers"]["id"] == task_id_of(mail_id)
            traces[mail_id] = task["headers"]["traceparent"]
    return traces


def test_each_mail_of_a_batch_has_a_task_that_follows_its_orders_trace() -> None:
    arrived = deliveries(12)
    assert deliver_batch(CONSUMER, arrived)
    traces = {each.headers["ce-subject"]: each.headers["traceparent"] for each in arrived}
    mails = Mail.objects.all()
    assert enqueued() == {mail.id: traces[str(mail.order_id)] for mail in mails}
    assert len(mails) == 12


def test_mails_of_a_batch_that_sqs_does_not_take_are_reconciled(sqs_server: MotoServer) -> None:
    sqs_server.kill()
    assert deliver_batch(CONSUMER, deliveries(12))
    sqs_server.start()
    job_queue.provision(QUEUE)
    assert enqueued() == {}
    for mail in Mail.objects.all():
        Mail.objects.filter(id=mail.id).update(due_at=mail.due_at - 2 * OVERDUE)
    reconcile()
    assert enqueued().keys() == {mail.id for mail in Mail.objects.all()}
