"""Any message to a worker gets an answer, an error reply or a dead letter, and no exception.

There is no retry either: a message that is unreadable now stays unreadable.
"""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as some
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.micro.request import ServiceError

from apps.fulfilment.handlers import CONSUMER as FULFILMENT
from apps.images.jobs import QUEUE, resize
from apps.images.previews import make_preview
from apps.messaging.errors import MessageUnreadable
from apps.messaging.events.delivery import Delivery, deliver
from apps.messaging.events.streams import Consumer
from apps.messaging.handling.verdicts import Ack, Reject
from apps.messaging.jobs import delivery
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.message import MAX_MESSAGE_BYTES, Envelope
from apps.messaging.models import DeadLetter
from apps.messaging.pubsub import queue_group
from apps.messaging.pubsub.core_message import CoreMessage
from apps.messaging.request_reply import responder
from apps.messaging.request_reply.responder import Service
from apps.notifications.handlers import CONSUMER as NOTIFICATION
from apps.orders.models import Order
from apps.pricing.contract import SUBJECT_OF_MANY
from apps.pricing.responders import pricing_service
from apps.sales.handlers import CONSUMER as SALES
from tests.catalog.products import make_product
from tests.fuzz.generated_input import BYTES, TEXT, quick, shaped_like

pytestmark = pytest.mark.django_db

JOB = {"task": "resize", "id": 4711}
PRICE = {"sku": "ABC", "price": 9.99, "currency": "GBP", "version": 3}
LINE = {"sku": "ABC", "name": "Tea", "quantity": 2, "price": 9.99}
ORDER = uuid4()
EVENT = {"id": str(ORDER), "total": 19.98, "currency": "GBP", "lines": [LINE], "reason": "none"}
SUBJECTS = ["placed", "confirmed", "rejected", "cancelled", "eaten", "", "placed.twice"]
NAMES = ["ce-id", "ce-type", "ce-time", "ce-subject", "traceparent", "shop-redrive-of", "x"]
HEADERS = some.dictionaries(some.sampled_from(NAMES), TEXT, max_size=3)


@some.composite
def deliveries(draw: some.DrawFn) -> Delivery:
    """Messages of the stream ORDERS, most of them similar to real ones."""
    subject = f"orders.{draw(some.sampled_from(SUBJECTS))}"
    ours = Envelope(id=str(uuid4()), type=f"shop.{subject}.v1", time=datetime.now(UTC), key="k")
    return Delivery(
        consumer="fuzzed",
        subject=subject,
        headers=draw(some.just(ours.to_headers()) | some.just({})) | draw(HEADERS),
        body=draw(shaped_like(EVENT) | lines() | BYTES),
        stream="ORDERS",
        sequence=draw(some.integers(1, 2**63)),
        attempt=draw(some.integers(1, 20)),
    )


def lines() -> some.SearchStrategy[bytes]:
    line = shaped_like(LINE).map(json.loads)
    return line.map(lambda each: json.dumps(EVENT | {"lines": [each]}).encode())


@pytest.fixture
def pricing() -> Service:
    make_product("ABC")
    service = pricing_service()
    assert service.cache
    service.cache.read()
    return service


def answer_to(service: Service, body: bytes) -> Any:
    try:
        return json.loads(responder.answer_to(service, MAX_MESSAGE_BYTES, body))
    except ServiceError as error:
        return error


@quick(150)
@given(body=shaped_like({"sku": "ABC"}) | BYTES)
def test_a_price_look_up_is_answered_or_refused(pricing: Service, body: bytes) -> None:
    answer = answer_to(pricing, body)
    if isinstance(answer, ServiceError):
        assert answer.code in {"400", "404"}
        assert 0 < len(answer.description) <= responder.MAX_DESCRIPTION
    else:
        assert answer["sku"] == json.loads(body)["sku"]


@quick(150)
@given(body=shaped_like({"skus": ["ABC"]}) | BYTES)
def test_a_look_up_of_many_prices_is_answered_or_refused(pricing: Service, body: bytes) -> None:
    answer = answer_to(replace(pricing, handle=pricing.also[SUBJECT_OF_MANY]), body)
    if isinstance(answer, ServiceError):
        assert answer.code == "400"
        assert 0 < len(answer.description) <= responder.MAX_DESCRIPTION
    else:
        priced = [price["sku"] for price in answer["prices"]]
        assert sorted(priced + answer["unknown"]) == sorted(set(json.loads(body)["skus"]))


@quick()
@given(body=shaped_like(PRICE) | BYTES)
def test_the_price_stays_known_after_any_broadcast(pricing: Service, body: bytes) -> None:
    assert pricing.cache
    for change in pricing.cache.changes.values():
        with suppress(MessageUnreadable):
            change(CoreMessage("catalog.price_changed", {}, body))
    service_answer = answer_to(pricing, b'{"sku": "ABC"}')
    assert not isinstance(service_answer, ServiceError)


@quick(150)
@given(delivery=deliveries(), known=some.booleans())
@pytest.mark.parametrize("consumer", [FULFILMENT, NOTIFICATION, SALES], ids=lambda c: c.durable)
def test_an_event_is_handled_or_buried_at_once(
    consumer: Consumer, delivery: Delivery, known: bool
) -> None:
    with transaction.atomic():
        if known:
            make_product("ABC")
            Order.objects.create(id=ORDER, email="a@example.com", total=1, currency="GBP")
        ours = replace(delivery, consumer=consumer.durable)
        assert isinstance(deliver(consumer, ours), Ack | Reject)
        transaction.set_rollback(True)


@quick()
@given(body=shaped_like(JOB) | BYTES, headers=HEADERS)
def test_an_offered_job_is_done_or_buried(body: bytes, headers: dict[str, str]) -> None:
    DeadLetter.objects.all().delete()
    message = Msg(Client(), subject="jobs.resize", data=body, headers=headers)
    queue_group._handle_or_bury("preview_resizer", make_preview, message)
    assert DeadLetter.objects.get().reason


@quick()
@given(body=TEXT | shaped_like(JOB).map(bytes.decode), headers=HEADERS, attempt=some.integers(1, 9))
def test_a_job_is_done_or_buried_at_once(body: str, headers: Any, attempt: int) -> None:
    DeadLetter.objects.all().delete()
    job = ReceivedJob(
        queue="jobs",
        headers=headers,
        body=body,
        attempt=attempt,
        sqs_id=str(uuid4()),
        receipt_handle="none",
    )
    assert isinstance(delivery.deliver(QUEUE, resize, job), Reject)
    assert DeadLetter.objects.get().reason
