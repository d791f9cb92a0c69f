"""Spans of a dead letter that is redriven: all attempts are in the trace of its sender."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from apps.messaging.errors import MessageUnreadable
from apps.messaging.events.consumer import consuming
from apps.messaging.events.streams import Consumer
from apps.messaging.hooks.steps import serving
from apps.messaging.hooks.tracing import following
from apps.messaging.models import DeadLetter
from apps.messaging.outbox.relay import relaying
from apps.messaging.recovery.redrive import redrive
from tests.messaging.support.events import TeaBrewed, make_consumer
from tests.messaging.support.rows import record
from tests.support.running import running
from tests.support.spans import CALLER, TRACE, Spans, id_of, linked, trace_of
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def durable(received: list[TeaBrewed]) -> Consumer:
    def brew(event: TeaBrewed) -> None:
        received.append(event)
        if len(received) == 1:
            raise MessageUnreadable("this pot has no lid")

    return make_consumer(brew)


def test_a_redriven_letter_is_handled_again_in_its_own_trace(
    spans: Spans, consumer: Consumer
) -> None:
    def redrive_all(_request: HttpRequest) -> HttpResponse:
        redrive(id=DeadLetter.objects.get().pk)
        return HttpResponse()

    with running(relaying, name="outbox_relay"), running(consuming(consumer)):
        with following(CALLER):
            record("pot-1")
        eventually(lambda: spans.named("process teas.brewed"))
        serving(RequestFactory().post("/redrive"), redrive_all)
        eventually(lambda: len(spans.named("process teas.brewed")) == 2)
    created, request = spans.one("create teas.brewed"), spans.one("POST")
    dead, handled = spans.named("process teas.brewed")
    assert [trace_of(span) for span in (dead, handled)] == [TRACE, TRACE]
    assert spans.tree().count(("create teas.brewed", "CONSUMER", "process teas.brewed")) == 2
    assert spans.tree().count(("create teas.brewed", "CLIENT", "send teas.brewed")) == 2
    assert dead.status.description == "this pot has no lid"
    assert [event.name for event in dead.events] == ["dead letter"]
    assert handled.status.is_unset
    # The request of the person who redrives is a trace of its own, and leads to the letter's.
    assert trace_of(request) != TRACE
    assert linked(request) == [id_of(created)]
