"""The relay against a real nats-server; SQS is away all the time, which must not matter."""

import pytest
from django.db import transaction

from apps.messaging import outbox
from apps.messaging.models import OutboxMessage
from apps.messaging.outbox.claims import BATCH
from apps.messaging.outbox.holds import held_by_destination
from apps.messaging.outbox.relay import relaying
from tests.messaging.support.brokers import on_nats, stored
from tests.messaging.support.events import TEAS, TeaBrewed, WashCup
from tests.messaging.support.rows import record
from tests.support.logged import logged_by
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("teas_stream"),
]


def record_pots(count: int = 1) -> None:
    record(*(f"pot-{number}" for number in range(count)))


def all_events_sent() -> bool:
    return not OutboxMessage.objects.filter(transport="jetstream", sent_at=None).exists()


def test_committed_events_reach_the_stream_and_know_their_sequence() -> None:
    with running(relaying):
        record_pots(3)
        eventually(all_events_sent, within=5)
    assert {row.stream_sequence for row in OutboxMessage.objects.all()} == {1, 2, 3}


def test_a_stored_event_carries_envelope_and_body(nats_server: NatsServer) -> None:
    with running(relaying):
        record_pots()
        eventually(all_events_sent, within=5)
    row = OutboxMessage.objects.get()
    message = on_nats(nats_server, lambda nc: nc.jetstream().get_msg(TEAS.name, 1))
    assert (message.data or b"").decode() == row.body
    assert (message.headers or {})["ce-id"] == str(row.message_id)


def test_a_row_sent_twice_is_stored_once(nats_server: NatsServer) -> None:
    with running(relaying):
        record_pots()
        eventually(all_events_sent, within=5)
        # As after a crash between the publish and the mark.
        OutboxMessage.objects.update(sent_at=None, lease_until=None)
        eventually(all_events_sent, within=5)
    assert stored(nats_server) == 1


def test_events_follow_within_five_seconds_after_a_nats_outage(
    nats_server: NatsServer,
) -> None:
    with running(relaying) as worker:
        nats_server.kill()
        eventually(lambda: not worker.is_ready)
        record_pots(2)
        nats_server.start()
        eventually(all_events_sent, within=5)
    assert stored(nats_server) == 2


def test_events_wait_with_a_reason_while_the_server_stops(
    nats_server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    def reasons() -> list[str]:
        waits = [each for each in caplog.records if each.message == "transport waits"]
        return [
            getattr(each, "error", "")
            for each in waits
            if getattr(each, "transport", "") == "jetstream"
        ]

    def record_until_it_is_said() -> bool:
        record_pots()  # Its JetStream stops at about the moment when it logs this.
        return any("lame duck mode" in each for each in reasons())

    with running(relaying):
        nats_server.begin_to_stop()
        eventually(record_until_it_is_said)
        nats_server.kill()
        nats_server.start()
        eventually(all_events_sent)


class CoffeeBrewed(TeaBrewed):
    subject = "coffees.brewed"


def test_a_subject_without_a_stream_blocks_no_other(
    nats_server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction.atomic():
        for cups in range(BATCH):
            outbox.record(CoffeeBrewed(cups=cups), key=f"mug-{cups}")
    with running(relaying):
        record_pots(5)
        teas = OutboxMessage.objects.filter(destination=TeaBrewed.subject, sent_at=None)
        eventually(lambda: not teas.exists(), within=5, what="the teas have left")
    assert stored(nats_server) == 5
    ours = logged_by("apps.messaging.outbox", caplog)
    waits = [each for each in ours if each.message == "destination waits"]
    assert [getattr(each, "destination", "") for each in waits] == [CoffeeBrewed.subject]
    (held,) = held_by_destination()
    assert (held["destination"], held["rows"]) == (CoffeeBrewed.subject, BATCH)


def test_waiting_jobs_block_no_event_while_sqs_is_away() -> None:
    with running(relaying):
        with transaction.atomic():
            outbox.record(WashCup(cup=1), key="cup")
        record_pots()
        eventually(all_events_sent, within=5)
    job = OutboxMessage.objects.get(transport="sqs")
    assert (job.sent_at, job.dead_at) == (None, None)
