"""Lost events of a stream, as `/api/status` and `/metrics` report them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone
from nats.aio.client import Client as NatsClient

from apps.messaging import outbox
from apps.messaging.events.streams import Consumer, Stream
from apps.messaging.models import OutboxMessage
from apps.messaging.names import PREFIX
from apps.messaging.outbox.relay import relaying
from apps.messaging.recovery import stream_comparison, stream_losses
from apps.messaging.recovery.stream_comparison import SETTLED
from apps.messaging.recovery.stream_losses import (
    OVERLAP,
    STALE,
    WHOLE_EVERY,
    add_places_ahead,
    check,
)
from apps.messaging.stream_check import StreamCheck
from apps.messaging.tasks import find_lost_events
from tests.messaging.recovery.test_resend import purge, recreate, resend, until_sent
from tests.messaging.support.brokers import forget, on_nats, provision, publish
from tests.messaging.support.events import TEAS, TeaBrewed, make_consumer
from tests.support.nats_server import NatsServer
from tests.support.running import running

pytestmark = pytest.mark.django_db(transaction=True)

CONSUMER = make_consumer(print)


@pytest.fixture
def durable() -> Consumer:
    return CONSUMER


@pytest.fixture
def declaration() -> str:
    return f"{__name__}.CONSUMER"


@pytest.fixture(autouse=True)
def declared(all_provisioned: None) -> None:
    """Everything that is declared is at the server."""


def send(count: int) -> None:
    with running(relaying):
        for number in range(count):
            with transaction.atomic():
                outbox.record(TeaBrewed(cups=number), key=f"pot-{number}")
        until_sent()
    OutboxMessage.objects.update(sent_at=F("sent_at") - 2 * SETTLED)


def checked_state(client: Client) -> dict[str, Any]:
    """Return the state of the stream after the task of beat."""
    find_lost_events()
    found: dict[str, Any] = client.get("/api/status").json()["streams"][0]
    return found


def delete_from_the_middle(server: NatsServer) -> None:
    async def delete(nc: NatsClient) -> None:
        await nc.jetstream().delete_msg(TEAS.name, 3)

    on_nats(server, delete)


def move_head(server: NatsServer, head: int) -> None:
    async def purge_up_to(nc: NatsClient) -> None:
        await nc.jetstream().purge_stream(TEAS.name, seq=head)

    on_nats(server, purge_up_to)


def give_the_places_to_foreign_messages(server: NatsServer) -> None:
    recreate(server)
    for _ in range(6):
        publish(server)


def let_time_pass(time: timedelta) -> None:
    OutboxMessage.objects.update(sent_at=F("sent_at") - time)
    StreamCheck.objects.update(sent_until=F("sent_until") - time)


def age_checks_by(age: timedelta) -> None:
    then = timezone.now() - age
    StreamCheck.objects.update(checked_at=then, whole_at=then)


@pytest.mark.one_database
def test_a_complete_stream_has_no_losses(client: Client) -> None:
    send(3)
    assert (checked_state(client)["last_sequence"], checked_state(client)["lost"]) == (3, 0)
    assert f'{PREFIX}_stream_lost{{name="TEAS"}} 0.0' in client.get("/metrics").content.decode()


@pytest.mark.parametrize("checks_before", [0, 1])
@pytest.mark.parametrize(
    ("lose", "lost"),
    [
        (purge, 5),
        (recreate, 5),
        (delete_from_the_middle, 1),
        (give_the_places_to_foreign_messages, 5),
    ],
)
def test_lost_events_are_reported_until_they_are_restored(
    client: Client,
    nats_server: NatsServer,
    lose: Callable[[NatsServer], None],
    lost: int,
    checks_before: int,
) -> None:
    send(5)
    for _ in range(checks_before):
        assert checked_state(client)["lost"] == 0
    lose(nats_server)
    for _ in range(2):
        assert checked_state(client)["lost"] == lost
    assert f'{PREFIX}_stream_lost{{name="TEAS"}} {lost}.0' in client.get("/metrics").text
    assert f"--send sends these {lost} again" in resend("--missing")
    with running(relaying):
        resend("--missing", "--send")
        until_sent()
    OutboxMessage.objects.update(sent_at=F("sent_at") - 2 * SETTLED)
    assert checked_state(client)["lost"] == 0


@pytest.mark.one_database
def test_losses_are_reported_after_new_events_reuse_sequences(
    client: Client, nats_server: NatsServer
) -> None:
    send(3)
    assert checked_state(client)["lost"] == 0
    recreate(nats_server)
    send(4)
    assert checked_state(client)["lost"] == 3


def test_a_check_reads_only_what_was_sent_since_the_last_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    send(3)
    assert check(TEAS) == 0
    let_time_pass(2 * OVERLAP)
    OutboxMessage.objects.filter(key="pot-0").update(sent_at=F("sent_at") - 2 * OVERLAP)
    send(1)
    compared = []

    def count(stream: Stream, places: dict[str, int]) -> int:
        compared.append(sorted(places.values()))
        return count_missing(stream, places)

    count_missing = stream_comparison._count_missing
    monkeypatch.setattr(stream_comparison, "_count_missing", count)
    assert check(TEAS) == 0
    assert compared == [[2, 3, 4]]
    age_checks_by(2 * WHOLE_EVERY)
    assert check(TEAS) == 0
    assert compared[1:] == [[4], [1, 2, 3, 4]]


@pytest.mark.one_database
def test_a_just_sent_event_is_not_compared(nats_server: NatsServer) -> None:
    send(1)
    purge(nats_server)
    OutboxMessage.objects.update(sent_at=timezone.now())
    assert check(TEAS) == 0
    OutboxMessage.objects.update(sent_at=F("sent_at") - 2 * SETTLED)
    assert check(TEAS) == 1


@pytest.mark.one_database
def test_a_loss_of_the_oldest_events_is_found(nats_server: NatsServer) -> None:
    send(5)
    assert check(TEAS) == 0
    OutboxMessage.objects.filter(stream_sequence__lt=3).update(sent_at=F("sent_at") - 2 * OVERLAP)
    move_head(nats_server, 3)
    assert check(TEAS) == 2


def test_rows_are_compared_in_slices(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(5)
    purge(nats_server)
    OutboxMessage.objects.update(sent_at=timezone.now() - 2 * SETTLED)
    monkeypatch.setattr(stream_comparison, "SLICE_ROWS", 2)
    assert check(TEAS) == 5


def test_a_long_comparison_goes_on_at_the_next_check(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(5)
    OutboxMessage.objects.update(sent_at=timezone.now() - 2 * SETTLED)
    assert check(TEAS) == 0
    let_time_pass(2 * OVERLAP)
    delete_from_the_middle(nats_server)
    monkeypatch.setattr(stream_comparison, "SLICE_ROWS", 2)
    monkeypatch.setattr(stream_losses, "LONGEST_SECONDS", 0)
    # Two rows each: the second pair has the lost one, and the fourth look finds no more rows.
    assert [check(TEAS) for _ in range(4)] == [0, 1, 1, 1]
    assert StreamCheck.objects.get().next_sent_at is None
    OutboxMessage.objects.filter(stream_sequence=3).delete()
    assert [check(TEAS) for _ in range(3)] == [1, 1, 0]


@pytest.mark.one_database
def test_events_that_the_stream_has_deleted_by_age_are_not_lost(nats_server: NatsServer) -> None:
    send(2)
    purge(nats_server)
    OutboxMessage.objects.update(sent_at=timezone.now() - TEAS.max_age)
    assert check(TEAS) == 0
    assert "--send sends these 2 again" in resend("--missing")  # They are kept for a durable.


@pytest.mark.one_database
def test_the_last_result_is_shown_while_the_head_of_a_stream_moves(
    client: Client, nats_server: NatsServer
) -> None:
    """As of a stream that is a week old, whose oldest messages expire one after the other."""
    send(5)
    delete_from_the_middle(nats_server)
    assert checked_state(client)["lost"] == 1
    for head in (2, 4, 5):
        move_head(nats_server, head)
        shown = client.get("/api/status").json()
        state = shown["streams"][0]
        assert (state["first_sequence"], state["lost"]) == (head, 1)
        assert 0 <= state["lost_age"] < STALE.total_seconds()
        assert "losses" not in shown["problems"]


@pytest.mark.one_database
def test_a_check_that_is_too_old_is_a_part_that_does_not_answer(client: Client) -> None:
    send(1)
    answers = f'{PREFIX}_part_answers{{part="losses"}}'
    assert f"{answers} 1.0" in client.get("/metrics").text  # So young that no check is due.
    find_lost_events()
    assert f"{answers} 1.0" in client.get("/metrics").text
    OutboxMessage.objects.update(sent_at=timezone.now() - 2 * STALE)
    assert f"{answers} 1.0" in client.get("/metrics").text
    age_checks_by(2 * STALE)
    shown = client.get("/api/status").json()
    assert "TEAS" in shown["problems"]["losses"]
    assert shown["streams"][0]["lost_age"] > STALE.total_seconds()
    StreamCheck.objects.all().delete()
    assert f"{answers} 0.0" in client.get("/metrics").text


@pytest.mark.one_database
def test_a_check_without_nats_leaves_the_last_result(
    nats_server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    send(1)
    find_lost_events()
    before = StreamCheck.objects.get()
    nats_server.stop()
    find_lost_events()
    nats_server.start()
    assert StreamCheck.objects.get().checked_at == before.checked_at
    assert "stream not checked" in caplog.messages


@pytest.mark.parametrize(("given", "ahead"), [(95, 15), (80, 0), (12, 0)])
@pytest.mark.one_database
def test_a_durable_ahead_of_its_stream_is_reported(given: int, ahead: int) -> None:
    consumer: dict[str, Any] = {"name": "drinker", "stream": "TEAS", "last_sequence": given}
    add_places_ahead([consumer], streams=[{"name": "TEAS", "last_sequence": 80}])
    assert consumer["ahead"] == ahead


@pytest.mark.one_database
def test_a_missing_stream_reports_no_losses(client: Client, nats_server: NatsServer) -> None:
    send(1)
    find_lost_events()
    forget(nats_server)
    state = checked_state(client)
    provision(nats_server)
    assert state == {"name": "TEAS", "error": "not provisioned"}
