"""Spans of an event: recorded, relayed and handled, by one process or by another."""

import uuid

import pytest
from django.db import transaction

from apps.messaging import outbox
from apps.messaging.events.batch_delivery import deliver_batch
from apps.messaging.events.consumer import consuming
from apps.messaging.events.delivery import deliver
from apps.messaging.events.streams import Consumer
from apps.messaging.handling.verdicts import Ack, Retry
from apps.messaging.hooks.tracing import current_traceparent, following
from apps.messaging.models import OutboxMessage
from apps.messaging.outbox.relay import relaying
from apps.messaging.tracing.described import ATTEMPT, KEY, SEQUENCE, STREAM
from tests.messaging.support.events import TeaBrewed, make_consumer, make_delivery, make_headers
from tests.messaging.support.rows import record
from tests.support.running import running
from tests.support.spans import (
    CALLER,
    NOT_SAMPLED,
    SPAN,
    TRACE,
    Spans,
    id_of,
    linked,
    parent_of,
    trace_of,
)
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


def travelled() -> str:
    """Return the `traceparent` of the only row in the outbox."""
    found: str = OutboxMessage.objects.get().headers.split('"traceparent": "')[1][:55]
    return found


def test_a_recorded_event_travels_with_the_id_of_its_span(spans: Spans) -> None:
    with following(CALLER):
        record("pot-1")
    span = spans.one("create teas.brewed")
    assert (trace_of(span), parent_of(span)) == (TRACE, SPAN)
    assert travelled() == f"00-{TRACE}-{id_of(span)}-01"
    assert span.attributes == {
        "messaging.system": "nats",
        "messaging.operation.name": "create",
        "messaging.operation.type": "create",
        "messaging.destination.name": "teas.brewed",
        KEY: "pot-1",
    }


def test_an_event_that_is_not_sampled_has_no_span_and_says_so_to_the_next(spans: Spans) -> None:
    with following(NOT_SAMPLED):
        record("pot-1")
    assert spans.all() == []
    assert travelled().startswith(f"00-{TRACE}-")
    assert travelled().endswith("-00")


def test_an_event_without_a_sender_begins_a_trace(spans: Spans) -> None:
    record("pot-1")
    assert parent_of(spans.one("create teas.brewed")) == ""


def test_relay_and_consumer_work_below_the_recording(
    spans: Spans, consumer: Consumer, received: list[TeaBrewed]
) -> None:
    with running(relaying, name="outbox_relay"), running(consuming(consumer)):
        with following(CALLER), transaction.atomic():
            outbox.record(TeaBrewed(cups=3), key="pot-1")
        eventually(lambda: received and spans.named("process teas.brewed"))
    created = spans.one("create teas.brewed")
    assert spans.tree() == [
        ("", "PRODUCER", "create teas.brewed"),
        ("create teas.brewed", "CLIENT", "send teas.brewed"),
        ("create teas.brewed", "CONSUMER", "process teas.brewed"),
    ]
    for name in ("send teas.brewed", "process teas.brewed"):
        assert linked(spans.one(name)) == [id_of(created)]
        assert trace_of(spans.one(name)) == TRACE
    attributes = dict(spans.one("process teas.brewed").attributes or {})
    uuid.UUID(str(attributes.pop("messaging.message.id")))
    assert attributes == {
        "messaging.system": "nats",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": "teas.brewed",
        "messaging.consumer.group.name": "drinker",
        "messaging.message.body.size": len('{"cups":3}'),
        STREAM: "TEAS",
        SEQUENCE: 1,
        KEY: "pot-1",
        ATTEMPT: 1,
    }


def test_what_a_handler_records_is_below_the_handling(spans: Spans) -> None:
    seen: list[str] = []

    def brew(_event: TeaBrewed) -> None:
        seen.append(current_traceparent())
        outbox.record(TeaBrewed(cups=1), key="pot-2")

    deliver(make_consumer(brew), make_delivery(headers=make_headers(traceparent=CALLER)))
    handling, recorded = spans.one("process teas.brewed"), spans.one("create teas.brewed")
    assert seen == [f"00-{TRACE}-{id_of(handling)}-01"]
    assert parent_of(recorded) == id_of(handling)
    assert parent_of(handling) == SPAN


def test_a_handler_that_fails_marks_its_span_with_the_error(spans: Spans) -> None:
    def fail(_event: TeaBrewed) -> None:
        raise RuntimeError("the kettle is cold")

    assert isinstance(deliver(make_consumer(fail), make_delivery()), Retry)
    span = spans.one("process teas.brewed")
    assert span.status.description == "RuntimeError: the kettle is cold"
    assert (span.attributes or {})["error.type"] == "RuntimeError"
    assert [event.name for event in span.events] == ["retry"]


def test_a_batch_has_a_span_that_links_to_each_message(spans: Spans) -> None:
    def brew_all(events: list[TeaBrewed]) -> None:
        for number in range(len(events)):
            outbox.record(TeaBrewed(cups=9), key=f"pot-{number}")

    consumer = make_consumer(lambda _: None, batch_handlers={TeaBrewed: brew_all})
    senders = [f"00-{number:032x}-{number:016x}-01" for number in (1, 2)]
    deliveries = [
        make_delivery(sequence=at, headers=make_headers(key=f"pot-{at}", traceparent=sender))
        for at, sender in enumerate(senders)
    ]
    assert deliver_batch(consumer, deliveries)
    span = spans.one("process teas.brewed")
    assert (parent_of(span), linked(span)) == ("", [f"{number:016x}" for number in (1, 2)])
    assert (span.attributes or {})["messaging.batch.message_count"] == 2
    recorded = spans.named("create teas.brewed")
    # Each event goes on in the trace of its own order, not in that of the batch.
    assert [parent_of(each) for each in recorded] == [f"{number:016x}" for number in (1, 2)]


def test_a_batch_of_one_is_no_batch(spans: Spans) -> None:
    def brew_all(_events: list[TeaBrewed]) -> None:
        outbox.record(TeaBrewed(cups=9), key="pot-1")

    consumer = make_consumer(lambda _: None, batch_handlers={TeaBrewed: brew_all})
    assert deliver_batch(consumer, [make_delivery(headers=make_headers(traceparent=CALLER))])
    span = spans.one("process teas.brewed")
    assert parent_of(span) == SPAN
    assert parent_of(spans.one("create teas.brewed")) == id_of(span)


@pytest.mark.parametrize("traceparent", ["", "00-nonsense", "ff" + CALLER[2:]])
def test_a_malformed_context_begins_a_trace(spans: Spans, traceparent: str) -> None:
    headers = make_headers() | {"traceparent": traceparent}
    assert isinstance(deliver(make_consumer(lambda _: None), make_delivery(headers=headers)), Ack)
    span = spans.one("process teas.brewed")
    assert (parent_of(span), linked(span)) == ("", [])
