"""A batch of ends of orders, from the stream's deliveries to the jobs in the outbox."""

import json
from dataclasses import replace

import pytest

from apps.messaging.events.batch_delivery import deliver_batch
from apps.messaging.events.delivery import Delivery
from apps.messaging.models import OutboxMessage
from apps.notifications.handlers import CONSUMER
from apps.notifications.models import Mail
from apps.orders.events import OrderConfirmed
from tests.orders.factories import confirm, event_of, foreign_delivery, make_order

pytestmark = pytest.mark.django_db(transaction=True)


def deliveries(count: int) -> list[Delivery]:
    """Return confirmations of so many orders, each with a trace of its own."""
    events = [event_of(OrderConfirmed, confirm(make_order())) for _ in range(count)]
    found = [foreign_delivery(event, CONSUMER) for event in events]
    return [
        replace(each, headers=each.headers | {"traceparent": f"00-{place:032x}-{place:016x}-01"})
        for place, each in enumerate(found, start=1)
    ]


def test_each_mail_of_a_batch_has_a_job_that_follows_its_orders_trace() -> None:
    arrived = deliveries(12)
    assert deliver_batch(CONSUMER, arrived)
    jobs = OutboxMessage.objects.filter(destination="mails")
    recorded = [(json.loads(row.body)["id"], json.loads(row.headers)) for row in jobs]
    traces = {each.headers["ce-subject"]: each.headers["traceparent"] for each in arrived}
    mails = Mail.objects.all()
    assert {mail_id: headers["traceparent"] for mail_id, headers in recorded} == {
        mail.id: traces[str(mail.order_id)] for mail in mails
    }
    assert len(recorded) == len(mails) == 12
