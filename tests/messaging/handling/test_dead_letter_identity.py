"""The identity of a dead letter: its sender's id or its stream sequence alone is not enough."""

import json
from dataclasses import replace

import pytest
from nats.aio.client import Client

from apps.messaging.events.consumer import consuming
from apps.messaging.events.delivery import Delivery
from apps.messaging.events.streams import Consumer
from apps.messaging.jobs import job_queue
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.worker import working
from apps.messaging.message import REDRIVE_FOR
from apps.messaging.models import DeadLetter, InboxEntry
from apps.messaging.recovery.redrive import drop, redrive
from tests.messaging.support.brokers import (
    forget,
    on_nats,
    provision,
    publish,
    publish_raw,
    stored,
    unsettled,
)
from tests.messaging.support.dead_letters import bury
from tests.messaging.support.events import TEAS, TeaBrewed, make_consumer, make_headers
from tests.messaging.support.jobs import CUPS, make_outgoing, make_received
from tests.support.migrated import migrated_back
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)

CHOSEN = make_headers(id="chosen")
BEFORE = "0004_indexes_of_what_is_counted"


def consume_all(server: NatsServer, consumer: Consumer) -> None:
    with running(consuming(consumer)):
        eventually(lambda: unsettled(server) == 0, within=20)


def recreate_durable(server: NatsServer, consumer: Consumer) -> None:
    on_nats(server, lambda nc: nc.jetstream().delete_consumer(TEAS.name, consumer.durable))
    provision(server, consumer)


def test_different_messages_with_one_id_are_separate_dead_letters(
    nats_server: NatsServer, consumer: Consumer
) -> None:
    for number in range(10):
        publish_raw(nats_server, f"junk {number}".encode(), CHOSEN)
    consume_all(nats_server, consumer)
    assert DeadLetter.objects.count() == 10
    for letter in DeadLetter.objects.all():
        drop(id=letter.pk)
    publish_raw(nats_server, b"one more", CHOSEN)
    consume_all(nats_server, consumer)
    assert DeadLetter.objects.get(state=DeadLetter.State.DEAD).body == "one more"


def test_reused_sequences_of_a_recreated_stream_make_new_dead_letters(
    nats_server: NatsServer, consumer: Consumer
) -> None:
    for life in (1, 2):
        for _ in range(3):
            publish_raw(nats_server, b"junk")
        assert stored(nats_server) == 3
        consume_all(nats_server, consumer)
        assert DeadLetter.objects.count() == 3 * life
        forget(nats_server)
        provision(nats_server, consumer)


def test_a_redelivered_message_stays_one_dead_letter(
    nats_server: NatsServer, consumer: Consumer
) -> None:
    publish_raw(nats_server, b"junk")
    publish_raw(nats_server, b"junk", CHOSEN)
    for _ in range(2):
        consume_all(nats_server, consumer)
        recreate_durable(nats_server, consumer)
    assert DeadLetter.objects.count() == 2


def test_a_message_has_the_same_identity_however_it_is_read(
    nats_server: NatsServer, consumer: Consumer
) -> None:
    for _ in range(50):
        publish_raw(nats_server, b"junk")

    async def both_ways(nc: Client) -> list[tuple[Delivery, Delivery]]:
        jetstream = nc.jetstream()
        pull = await jetstream.pull_subscribe_bind(durable=consumer.durable, stream=TEAS.name)
        return [
            (
                (delivered := Delivery.of(message, consumer=consumer.durable)),
                replace(
                    delivered,
                    stored_at=(await jetstream.get_msg(TEAS.name, delivered.sequence)).time,
                ),
            )
            for message in await pull.fetch(50, timeout=10)
        ]

    pairs = on_nats(nats_server, both_ways)
    assert any(one.stored_at != other.stored_at for one, other in pairs), "a guard against nothing"
    assert all(one.message_id == other.message_id for one, other in pairs)


@pytest.mark.parametrize("headers", [None, CHOSEN], ids=["without id", "with an id"])
def test_a_message_that_fails_after_redrive_is_the_same_dead_letter(
    headers: dict[str, str],
) -> None:
    consumer = make_consumer(print)
    first = bury(headers=headers or {"x": "y"}, message_id="chosen", body="junk")
    redrive(id=first.pk)
    again = bury(
        headers={**(headers or {"x": "y"}), REDRIVE_FOR: consumer.durable},
        message_id="chosen",
        body="junk",
    )
    assert (again.pk, again.state) == (first.pk, DeadLetter.State.DEAD)


def test_a_dropped_event_stays_unhandled_after_its_durable_is_recreated(
    nats_server: NatsServer, consumer: Consumer, received: list[TeaBrewed]
) -> None:
    headers = make_headers(id="dropped")
    publish(nats_server, cups=7, headers=headers)
    with running(consuming(make_consumer(lambda event: 1 / 0))):
        letter = eventually(DeadLetter.objects.first, within=60)
    assert letter
    drop(id=letter.pk)
    publish(nats_server, cups=7, headers=headers)  # a copy, as `outbox resend` sends one
    publish(nats_server, cups=8)
    recreate_durable(nats_server, consumer)
    consume_all(nats_server, consumer)
    assert received == [TeaBrewed(cups=8)]
    assert InboxEntry.objects.count() == 1
    redrive(id=letter.pk)  # The operator changes their mind.
    recreate_durable(nats_server, consumer)
    consume_all(nats_server, consumer)
    assert received == [TeaBrewed(cups=8), TeaBrewed(cups=7)]


def test_another_event_with_a_dropped_dead_letters_id_is_handled(
    nats_server: NatsServer, consumer: Consumer, received: list[TeaBrewed]
) -> None:
    publish_raw(nats_server, b"junk", CHOSEN)
    consume_all(nats_server, consumer)
    drop(id=DeadLetter.objects.get().pk)
    publish_raw(nats_server, json.dumps({"cups": 5}).encode(), CHOSEN)
    consume_all(nats_server, consumer)
    assert received == [TeaBrewed(cups=5)]


def test_jobs_sharing_an_id_are_separate_dead_letters(
    sqs_server: MotoServer,
) -> None:
    done: list[str] = []

    def wash(job: ReceivedJob) -> None:
        done.append(job.body)
        raise ValueError("no water")

    once = replace(CUPS, max_failures=1)
    job_queue.provision(once)
    jobs = [make_outgoing(headers={"ce-id": "chosen"}, body=f"cup {each}") for each in "abc"]
    job_queue.send_batch(jobs)
    with running(working(once, wash)):
        eventually(lambda: DeadLetter.objects.count() == 3, within=20)
    assert sorted(done) == ["cup a", "cup b", "cup c"]
    done.clear()
    drop(id=DeadLetter.objects.get(body="cup a").pk)
    job_queue.send_batch(jobs)  # as SQS may deliver a job twice
    with running(working(once, wash)):
        eventually(lambda: len(done) == 2, within=20)
        eventually(lambda: job_queue.counts(once) == {"visible": 0, "in_flight": 0}, within=20)
    assert sorted(done) == ["cup b", "cup c"]
    assert make_received(body="cup a").identity != make_received(body="cup b").identity


def test_a_migrated_dead_letter_is_recognised_and_stays_dropped() -> None:
    with migrated_back("messaging", BEFORE) as apps:
        old = apps.get_model("messaging", "DeadLetter")
        old.objects.create(
            transport="jetstream",
            consumer="drinker",
            message_id="chosen",
            destination=TeaBrewed.subject,
            reason="cold",
            headers=CHOSEN,
            body="junk",
            state="dropped",
        )
    letter = bury(message_id="chosen", headers=CHOSEN, body="junk", reason="again")
    assert (letter.state, letter.reason) == (DeadLetter.State.DROPPED, "cold")
