"""NATS as raw bytes: after any bytes on the wire, the workers get the next messages."""

import json

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as some

from apps.messaging import outbox
from apps.messaging.events.consumer import consuming
from apps.messaging.models import DeadLetter, OutboxMessage
from apps.messaging.outbox.relay import relaying
from apps.messaging.pubsub.broadcast import listening
from apps.messaging.pubsub.core_message import CoreMessage
from apps.messaging.pubsub.queue_group import serving
from apps.messaging.recovery.redrive import redrive
from apps.messaging.request_reply.responder import answering
from tests.fuzz.generated_input import BYTES, quick
from tests.messaging.support.brokers import forget, on_nats, provision, publish, unsettled
from tests.messaging.support.events import TeaBrewed, make_consumer
from tests.messaging.support.questions import SUBJECT, service
from tests.messaging.support.raw_nats import message
from tests.messaging.support.raw_nats import publish as publish_raw
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

TOKENS = some.binary(min_size=1, max_size=12).filter(
    lambda token: not set(token) & set(b" \t\r\n.*>")
)
BLOCKS = some.builds(
    lambda status, lines: b"\r\n".join([b"NATS/1.0" + status, *lines, b"", b""]),
    some.binary(max_size=8),
    some.lists(some.binary(max_size=20), max_size=3),
)
HEADERS = some.just(b"") | some.binary(min_size=1, max_size=40) | BLOCKS


def batches(subject: some.SearchStrategy[bytes]) -> some.SearchStrategy[list[bytes]]:
    some_message = some.builds(
        message, subject, BYTES, reply=some.just(b"") | TOKENS, headers=HEADERS
    )
    return some.lists(some_message, min_size=15, max_size=15)


@quick(8)
@given(batch=batches(some.just(b"teas.brewed") | TOKENS.map(b"teas.".__add__)))
def test_a_listener_continues_after_any_message(
    nats_server: NatsServer, batch: list[bytes]
) -> None:
    received: list[CoreMessage] = []
    with running(listening("teas.>", received.append)):
        publish_raw(nats_server, *batch, message(b"teas.last", b"!"))
        eventually(lambda: received and received[-1].subject == "teas.last", within=30)
    assert len(received) == len(batch) + 1


@quick(8)
@given(batch=batches(some.just(SUBJECT.encode())))
def test_a_responder_continues_after_any_message(
    nats_server: NatsServer, batch: list[bytes]
) -> None:
    with running(answering(service(threads=2))):
        publish_raw(nats_server, *batch)
        reply = on_nats(
            nats_server, lambda nc: nc.request(SUBJECT, b'{"tea": "green"}', timeout=60)
        )
    assert json.loads(reply.data)["minutes"] == 3


@quick(8)
@given(batch=batches(some.just(b"jobs.wash")))
def test_a_queue_group_member_continues_after_any_message(
    nats_server: NatsServer, batch: list[bytes]
) -> None:
    bodies: list[bytes] = []
    with running(serving("jobs.wash", "washers", bodies.append)):
        publish_raw(nats_server, *batch, message(b"jobs.wash", b"the last"))
        eventually(lambda: len(bodies) == len(batch) + 1, within=30)


@pytest.mark.django_db(transaction=True)
@quick(5)
@given(batch=batches(some.just(b"teas.brewed") | TOKENS.map(b"teas.".__add__)))
def test_a_consumer_continues_and_buries_unreadable_messages(
    nats_server: NatsServer, batch: list[bytes]
) -> None:
    DeadLetter.objects.all().delete()
    cups: list[TeaBrewed] = []
    consumer = make_consumer(cups.append, all_subjects=True)
    provision(nats_server, consumer)
    publish_raw(nats_server, *batch)
    publish(nats_server, cups=7)
    with running(consuming(consumer)):
        eventually(lambda: TeaBrewed(cups=7) in cups and not unsettled(nats_server))
    assert DeadLetter.objects.exists()
    forget(nats_server)


@pytest.mark.django_db(transaction=True)
@quick(5)
@given(batch=batches(some.just(b"teas.brewed") | TOKENS.map(b"teas.".__add__)))
def test_a_redriven_message_is_sent_or_buried_and_blocks_none(
    nats_server: NatsServer, batch: list[bytes]
) -> None:
    """Foreign bytes, dead letter, redrive, relay: with a valid row behind each."""
    DeadLetter.objects.all().delete()
    OutboxMessage.objects.all().delete()
    consumer = make_consumer(print, all_subjects=True)
    provision(nats_server, consumer)
    publish_raw(nats_server, *batch)
    with running(consuming(consumer)):
        eventually(lambda: not unsettled(nats_server))
    letters = DeadLetter.objects.filter(state=DeadLetter.State.DEAD)
    with running(relaying):
        for number, letter in enumerate(letters):
            redrive(id=letter.pk)
            with transaction.atomic():
                outbox.record(TeaBrewed(cups=number), key=f"innocent-{number}")
        unsent = OutboxMessage.objects.filter(sent_at=None)
        innocent = unsent.filter(key__startswith="innocent-")
        eventually(lambda: not innocent.exists(), within=10, what="the innocent have left")
        stays = unsent.filter(dead_at=None)
        eventually(lambda: not stays.exists(), within=10, what="all have left, or are buried")
    forget(nats_server)
