"""Sent rows are kept until each durable has had their events, on a real nats-server."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from apps.messaging import outbox
from apps.messaging.events.consumer import consuming
from apps.messaging.events.streams import Consumer
from apps.messaging.models import InboxEntry, OutboxMessage
from apps.messaging.names import PREFIX
from apps.messaging.operations import sent_rows
from apps.messaging.operations.pruning import inbox_kept, prune
from apps.messaging.operations.sent_rows import PRUNED_BY, SENT_KEPT
from apps.messaging.outbox.relay import relaying
from apps.messaging.recovery import stream_losses
from tests.messaging.recovery.test_resend import purge, recreate, resend, until_sent
from tests.messaging.support.brokers import forget, on_nats, provision, publish, stored, unsettled
from tests.messaging.support.dead_letters import bury
from tests.messaging.support.events import TEAS, TeaBrewed, make_consumer
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)

CONSUMER = make_consumer(lambda _: None)


class TeaSpilt(TeaBrewed):
    subject = "teas.spilt"


@pytest.fixture
def durable() -> Consumer:
    return CONSUMER


@pytest.fixture
def declaration() -> str:
    return f"{__name__}.CONSUMER"


@pytest.fixture(autouse=True)
def declared(all_provisioned: None) -> None:
    """Everything that is declared is at the server."""


def send(*events: TeaBrewed, age: timedelta = SENT_KEPT + timedelta(hours=1)) -> None:
    with running(relaying):
        for number, event in enumerate(events):
            with transaction.atomic():
                outbox.record(event, key=f"pot-{number}")
        until_sent()
    OutboxMessage.objects.update(sent_at=timezone.now() - age)


def handle_all(server: NatsServer) -> None:
    with running(consuming(CONSUMER)):
        eventually(lambda: unsettled(server) == 0, what="all is handled")


def enter_in_inbox(event: OutboxMessage) -> None:
    InboxEntry.objects.create(consumer=CONSUMER.durable, message_id=str(event.message_id))


def test_a_sent_row_is_kept_until_each_durable_has_had_it(nats_server: NatsServer) -> None:
    send(TeaBrewed(cups=1), TeaBrewed(cups=2))
    assert prune()["outbox"] == 0
    handle_all(nats_server)
    InboxEntry.objects.all().delete()  # The durable's place in the stream is enough.
    assert prune()["outbox"] == 2


def test_a_row_for_no_durable_is_pruned_after_a_day() -> None:
    send(TeaSpilt(cups=1), TeaBrewed(cups=1))
    assert prune()["outbox"] == 1
    assert OutboxMessage.objects.get().destination == TeaBrewed.subject


def test_a_durable_of_all_subjects_waits_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    send(TeaSpilt(cups=1))
    monkeypatch.setattr(f"{__name__}.CONSUMER", make_consumer(print, all_subjects=True))
    assert prune()["outbox"] == 0


def delete_by_age(server: NatsServer) -> None:
    """Let the stream delete its messages, and the durable pass them with a later one."""
    brief = replace(TEAS, max_age=timedelta(seconds=1)).config()
    brief.duplicate_window = 1.0
    on_nats(server, lambda nc: nc.jetstream().update_stream(brief))
    eventually(lambda: stored(server) == 0, what="the stream is empty")
    provision(server, CONSUMER)
    publish(server)
    handle_all(server)


def test_a_row_outlives_its_event_in_the_stream(nats_server: NatsServer) -> None:
    send(TeaBrewed(cups=1), TeaBrewed(cups=2), age=TEAS.max_age)
    delete_by_age(nats_server)
    assert prune()["outbox"] == 0
    enter_in_inbox(OutboxMessage.objects.earliest("id"))
    assert prune()["outbox"] == 1
    with running(relaying):
        assert "these 1 again" in resend("--missing")
        resend("--missing", "--send")
        until_sent()
    handle_all(nats_server)
    OutboxMessage.objects.update(sent_at=timezone.now() - PRUNED_BY - timedelta(seconds=1))
    assert prune()["outbox"] == 1


def test_a_row_whose_event_is_a_dead_letter_is_not_kept() -> None:
    send(TeaBrewed(cups=1), age=TEAS.max_age)
    message_id = str(OutboxMessage.objects.get().message_id)
    bury(consumer=CONSUMER.durable, message_id=message_id)
    assert prune()["outbox"] == 1


def test_while_a_row_is_kept_the_inbox_knows_who_had_it() -> None:
    send(TeaBrewed(cups=1))
    then = timezone.now() - 2 * inbox_kept()
    row = OutboxMessage.objects.get()
    OutboxMessage.objects.update(recorded_at=then + timedelta(minutes=1), sent_at=then)
    had = InboxEntry.objects.create(
        consumer="washer", message_id=str(row.message_id), handled_at=then + timedelta(hours=1)
    )
    InboxEntry.objects.create(consumer="washer", message_id="older", handled_at=then)
    assert prune()["inbox"] == 1
    assert InboxEntry.objects.get() == had


def test_a_repeated_event_is_known_for_as_long_as_the_stream_keeps_it(
    nats_server: NatsServer,
) -> None:
    send(TeaBrewed(cups=1), age=TEAS.max_age)
    purge(nats_server)
    enter_in_inbox(OutboxMessage.objects.get())
    InboxEntry.objects.update(handled_at=timezone.now() - inbox_kept())
    resend("--missing", "--send")
    OutboxMessage.objects.all().delete()
    assert prune()["inbox"] == 0


@pytest.mark.parametrize("lose", [purge, recreate, forget])
def test_after_a_loss_the_place_of_a_durable_proves_nothing(
    nats_server: NatsServer, lose: Callable[[NatsServer], None]
) -> None:
    """A purge moves each durable to its end; a new stream gives the old places again."""
    send(TeaBrewed(cups=1), TeaBrewed(cups=2))
    lose(nats_server)
    enter_in_inbox(OutboxMessage.objects.earliest("id"))
    assert prune()["outbox"] == 1
    assert OutboxMessage.objects.count() == 1


def test_while_a_comparison_is_under_way_the_place_of_a_durable_proves_nothing(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(TeaBrewed(cups=1))
    handle_all(nats_server)
    InboxEntry.objects.all().delete()
    monkeypatch.setattr(stream_losses, "LONGEST_SECONDS", 0)
    assert prune()["outbox"] == 0
    assert prune()["outbox"] == 1


def test_without_nats_only_the_inbox_proves_that_a_durable_had_an_event(
    nats_server: NatsServer,
) -> None:
    send(TeaBrewed(cups=1), TeaBrewed(cups=2))
    handle_all(nats_server)
    InboxEntry.objects.earliest("id").delete()
    nats_server.stop()
    assert prune()["outbox"] == 1
    nats_server.start()
    assert prune()["outbox"] == 1


def test_the_inbox_is_read_in_chunks_up_to_one_of_waiting_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    send(*[TeaBrewed(cups=cups) for cups in range(6)])
    monkeypatch.setattr(sent_rows, "CHUNK_ROWS", 2)
    for number in (0, 2, 3):
        enter_in_inbox(OutboxMessage.objects.get(key=f"pot-{number}"))
    assert prune()["outbox"] == 3
    enter_in_inbox(OutboxMessage.objects.get(key="pot-5"))
    assert prune()["outbox"] == 0


def test_rows_that_are_kept_for_a_durable_are_an_alarm(client: Client) -> None:
    send(TeaBrewed(cups=1), age=PRUNED_BY + timedelta(seconds=1))
    shown = client.get("/api/status").json()
    assert shown["outbox"]["kept"] == 1
    assert shown["outbox"]["kept_for"] == [CONSUMER.durable]
    assert any("are kept for drinker" in line for line in shown["warnings"])
    assert f"{PREFIX}_outbox_kept 1.0" in client.get("/metrics").text
    OutboxMessage.objects.update(sent_at=timezone.now() - SENT_KEPT)
    shown = client.get("/api/status").json()
    assert (shown["outbox"]["kept"], shown["outbox"]["kept_for"]) == (0, [])
