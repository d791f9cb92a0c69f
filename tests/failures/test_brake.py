"""A consumer whose handlers' dependency is away: it pauses, and buries nothing."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.messaging.events import delivery
from apps.messaging.events.consumer import consuming
from apps.messaging.events.delivery import MAX_FAILURES, deliver
from apps.messaging.handling import brake
from apps.messaging.handling.verdicts import Reject, Retry
from apps.messaging.models import DeadLetter, FailedDelivery, InboxEntry
from tests.messaging.support.brokers import forget, provision, publish, unsettled
from tests.messaging.support.events import TeaBrewed, make_consumer, make_delivery
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
