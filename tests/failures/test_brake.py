"""A consumer whose handlers' dependency is away: it pauses, and buries nothing."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import ClassVar
from unittest.mock import patch

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.messaging.errors import MessageUnreadable
from apps.messaging.events import delivery
from apps.messaging.events.consumer import consuming
from apps.messaging.events.delivery import MAX_FAILURES, deliver
from apps.messaging.events.streams import Consumer
from apps.messaging.handling import brake
from apps.messaging.handling.verdicts import Reject, Retry
from apps.messaging.models import DeadLetter, FailedDelivery, InboxEntry
from tests.messaging.support.brokers import (
    forget,
    provision,
    publish,
    publish_raw,
    unsettled,
)
from tests.messaging.support.events import TEAS, TeaBrewed, make_consumer, make_delivery
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)

EVENTS = 40
TOO_MANY = 5


class Kettle:
    """The dependency of the handler; while it is cold, every event fails."""

    def __init__(self) -> None:
        self.is_hot = threading.Event()
        self.asked: Counter[int] = Counter()

    def __call__(self, event: TeaBrewed) -> None:
        self.asked[event.cups] += 1
        if not self.is_hot.is_set():
            raise ConnectionError("the kettle is cold")


@pytest.fixture(autouse=True)
def durable(nats_server: NatsServer, settings: Settings) -> Iterator[None]:
    settings.RETRIES = replace(
        settings.RETRIES, events_for=3600.0, pause_after=TOO_MANY, longest_pause=0.3
    )
    provision(nats_server, make_consumer(print))
    with (
        patch.object(brake, "FIRST_PAUSE_SECONDS", 0.1),
        patch.object(delivery, "LONGEST_DELAY", timedelta(seconds=0.2)),
    ):
        yield
    forget(nats_server)


def test_an_outage_behind_handlers_makes_no_dead_letter(
    nats_server: NatsServer,
) -> None:
    kettle = Kettle()
    for cups in range(EVENTS):
        publish(nats_server, cups=cups)
    with running(consuming(make_consumer(kettle))) as worker:
        eventually(lambda: "teas.brewed: ConnectionError" in worker.pause_reason)
        eventually(lambda: kettle.asked.total() >= 2 * TOO_MANY * MAX_FAILURES, within=60)
        assert worker.pause_reason
        assert len(kettle.asked) < EVENTS, "it has run on through the whole stream"
        kettle.is_hot.set()
        eventually(lambda: unsettled(nats_server) == 0, within=20)
        eventually(lambda: not worker.pause_reason)
    assert InboxEntry.objects.count() == EVENTS
    assert not DeadLetter.objects.exists()


class NewTea(TeaBrewed):
    """The next version of the event, which a writer may send before its readers know it."""

    version: ClassVar[int] = 2


OTHERS = {
    "ce-type": TeaBrewed.ce_type(),
    "ce-time": "2026-11-20T12:00:00Z",
    "ce-source": "/another",
}
"""The envelope of a sender that is none of ours."""


def test_events_of_a_newer_version_wait_for_their_reader(
    nats_server: NatsServer,
) -> None:
    drunk: list[NewTea] = []
    old = make_consumer(print)
    new = Consumer(durable=old.durable, stream=TEAS, handlers={NewTea: drunk.append})
    for cups in range(EVENTS):
        publish(nats_server, cups=cups, headers={"ce-type": NewTea.ce_type()})
    with running(consuming(old)) as worker:
        eventually(lambda: "teas.brewed: UnknownVersion" in worker.pause_reason)
    assert FailedDelivery.objects.values("message_id").distinct().count() < EVENTS
    with running(consuming(new)):
        eventually(lambda: unsettled(nats_server) == 0, within=20)
    assert sorted(event.cups for event in drunk) == list(range(EVENTS))
    assert not DeadLetter.objects.exists()


def test_rejected_events_in_a_row_pause_the_consumer(
    nats_server: NatsServer, settings: Settings
) -> None:
    def refuse(event: TeaBrewed) -> None:
        raise MessageUnreadable(f"no pot for {event.cups}")

    settings.RETRIES = replace(settings.RETRIES, longest_pause=3600.0)
    for cups in range(EVENTS):
        publish(nats_server, cups=cups)
    very_long = patch.object(brake, "FIRST_PAUSE_SECONDS", 3600.0)
    with very_long, running(consuming(make_consumer(refuse))) as worker:
        eventually(lambda: "teas.brewed: MessageUnreadable" in worker.pause_reason)
    assert DeadLetter.objects.count() == TOO_MANY


@pytest.mark.parametrize("headers", [{}, OTHERS, OTHERS | {"ce-type": NewTea.ce_type()}])
def test_junk_of_strangers_pauses_no_consumer(
    nats_server: NatsServer, headers: dict[str, str]
) -> None:
    kettle = Kettle()
    kettle.is_hot.set()
    for number in range(2 * TOO_MANY):
        publish_raw(nats_server, b"junk", headers and headers | {"ce-id": str(number)})
    publish(nats_server, cups=1)
    very_long = patch.object(brake, "FIRST_PAUSE_SECONDS", 3600.0)
    with very_long, running(consuming(make_consumer(kettle))):
        eventually(lambda: kettle.asked[1])
    assert DeadLetter.objects.filter(attempts=1).count() == 2 * TOO_MANY


def test_a_pause_follows_each_event_that_is_given_up_in_an_outage(
    nats_server: NatsServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MAX_FAILURES", 1)
    for cups in range(TOO_MANY):
        publish(nats_server, cups=cups)
    with running(consuming(make_consumer(Kettle()))) as worker:
        eventually(lambda: worker.pause_reason)
        FailedDelivery.objects.update(failed_at=timezone.now() - timedelta(seconds=3601))
        eventually(lambda: DeadLetter.objects.count() == TOO_MANY, within=20)
    told = [each.message for each in caplog.records]
    told = [each for each in told if each in ("dead letter", "consumer pauses")]
    assert told.count("dead letter") == TOO_MANY
    assert ("dead letter", "dead letter") not in pairwise(told)


def test_an_event_is_dead_lettered_after_six_failures_and_its_time() -> None:
    kettle, event = Kettle(), make_delivery()
    verdicts = [deliver(make_consumer(kettle), event) for _ in range(MAX_FAILURES + 3)]
    assert {type(each) for each in verdicts} == {Retry}
    long_ago = timezone.now() - timedelta(seconds=3601)
    FailedDelivery.objects.filter(pk=FailedDelivery.objects.earliest("id").pk).update(
        failed_at=long_ago
    )
    assert isinstance(deliver(make_consumer(kettle), event), Reject)
    assert DeadLetter.objects.get().attempts == MAX_FAILURES + 4
