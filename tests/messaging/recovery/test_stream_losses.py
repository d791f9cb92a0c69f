"""Lost events of a stream, as `/api/status` and `/metrics` report them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.messaging import outbox
from apps.messaging.events.streams import Consumer
from apps.messaging.models import OutboxMessage
from apps.messaging.names import PREFIX
from apps.messaging.outbox.relay import relaying
from apps.messaging.recovery.stream_losses import SETTLED, add_places_ahead, losses
from tests.messaging.recovery.test_resend import purge, recreate, resend, until_sent
from tests.messaging.support.events import TEAS, TeaBrewed, make_consumer
from tests.support.nats_server import NatsServer
from tests.support.running import running

pytestmark = pytest.mark.django_db(transaction=True)

CONSUMER = make_consumer(print)


@pytest.fixture
def durable() -> Consumer:
    return CONSUMER


@pytest.fixture(autouse=True)
def declared(teas_stream: NatsServer, settings: Settings) -> None:
    settings.MESSAGING_STREAMS = ["tests.messaging.support.events.TEAS"]
    settings.MESSAGING_CONSUMERS = [f"{__name__}.CONSUMER"]
    settings.MESSAGING_QUEUES = []


def send(count: int) -> None:
    with running(relaying):
        for number in range(count):
            with transaction.atomic():
                outbox.record(TeaBrewed(cups=number), key=f"pot-{number}")
        until_sent()
    let_the_settling_time_pass()


def let_the_settling_time_pass() -> None:
    OutboxMessage.objects.update(sent_at=timezone.now() - SETTLED * 2)
    cache.clear()


def stream_state(client: Client) -> dict[str, Any]:
    state: dict[str, Any] = client.get("/api/status").json()["streams"][0]
    return state


def test_a_complete_stream_has_no_losses(client: Client) -> None:
    send(3)
    assert (stream_state(client)["last_sequence"], stream_state(client)["lost"]) == (3, 0)
    assert f'{PREFIX}_stream_lost{{name="TEAS"}} 0.0' in client.get("/metrics").content.decode()


@pytest.mark.parametrize("lose", [purge, recreate])
def test_lost_events_are_reported_until_they_are_restored(
    client: Client, nats_server: NatsServer, lose: Callable[[NatsServer], None]
) -> None:
    send(3)
    lose(nats_server)
    assert stream_state(client)["lost"] == 3
    assert f'{PREFIX}_stream_lost{{name="TEAS"}} 3.0' in client.get("/metrics").content.decode()
    with running(relaying):
        resend("--missing", "--send")
        until_sent()
    let_the_settling_time_pass()
    assert stream_state(client)["lost"] == 0


def test_losses_are_reported_after_new_events_reuse_sequences(
    client: Client, nats_server: NatsServer
) -> None:
    send(3)
    recreate(nats_server)
    send(4)
    assert stream_state(client)["lost"] == 3


@pytest.mark.parametrize("age", [timedelta(hours=1), timedelta(0)], ids=["settled", "just sent"])
def test_a_just_sent_event_is_not_reported_as_lost(age: timedelta) -> None:
    with transaction.atomic():
        outbox.record(TeaBrewed(cups=1), key="pot")
    OutboxMessage.objects.update(sent_at=timezone.now() - age, stream_sequence=8)
    state: dict[str, Any] = {"name": "TEAS", "first_sequence": 1, "last_sequence": 7, "made_at": ""}
    lost = losses([state], declared=[TEAS])
    assert lost == {"TEAS": 1 if age else 0}


def test_a_stream_newer_than_its_events_has_lost_them() -> None:
    with transaction.atomic():
        outbox.record(TeaBrewed(cups=1), key="pot")
    OutboxMessage.objects.update(sent_at=timezone.now() - timedelta(hours=1), stream_sequence=5)
    state: dict[str, Any] = {"name": "TEAS", "first_sequence": 1, "last_sequence": 7}
    state["made_at"] = timezone.now().isoformat()
    lost = losses([state], declared=[TEAS])
    assert lost == {"TEAS": 1}


@pytest.mark.parametrize(("given", "ahead"), [(95, 15), (80, 0), (12, 0)])
def test_a_durable_ahead_of_its_stream_is_reported(given: int, ahead: int) -> None:
    consumer: dict[str, Any] = {"name": "drinker", "stream": "TEAS", "last_sequence": given}
    add_places_ahead([consumer], streams=[{"name": "TEAS", "last_sequence": 80}])
    assert consumer["ahead"] == ahead


def test_a_missing_stream_reports_no_losses() -> None:
    state: dict[str, Any] = {"name": "TEAS", "error": "not provisioned"}
    lost = losses([state], declared=[TEAS])
    assert lost == {}
