"""Publish-subscribe, fire and forget, on a real nats-server."""

import time
from typing import ClassVar

import pytest
from django.db import transaction
from nats.aio.client import Client

from apps.messaging.brokers import nats_for_threads
from apps.messaging.errors import MessageTooLarge, MessageUnreadable
from apps.messaging.message import BroadcastMessage
from apps.messaging.pubsub import broadcast
from apps.messaging.pubsub.broadcast import announce, listening
from apps.messaging.pubsub.core_message import CoreMessage
from tests.messaging.support.brokers import on_nats
from tests.support.logged import logged_by
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.one_database


class TeaIsReady(BroadcastMessage):
    subject: ClassVar[str] = "kitchen.tea_is_ready"

    cups: int
    leaf: str = ""


@pytest.fixture
def received() -> list[CoreMessage]:
    return []


@pytest.mark.usefixtures("connected")
@pytest.mark.django_db(transaction=True)
def test_every_listener_gets_a_broadcast(nats_server: NatsServer) -> None:
    first: list[CoreMessage] = []
    second: list[CoreMessage] = []
    subject = TeaIsReady.subject
    with running(listening(subject, first.append)), running(listening(subject, second.append)):
        announce(TeaIsReady(cups=2))
        eventually(lambda: first and second, within=2)
    assert first[0].body == b'{"cups":2,"leaf":""}'


@pytest.mark.usefixtures("connected")
@pytest.mark.django_db(transaction=True)
def test_a_broadcast_is_published_after_the_commit(
    nats_server: NatsServer, received: list[CoreMessage]
) -> None:
    with running(listening("kitchen.*", received.append)):
        with transaction.atomic():
            announce(TeaIsReady(cups=1))
            on_nats(nats_server, lambda nc: nc.publish("kitchen.meanwhile", b""))
            eventually(lambda: received)
        eventually(lambda: len(received) == 2)
    assert [each.subject for each in received] == ["kitchen.meanwhile", TeaIsReady.subject]


@pytest.mark.usefixtures("connected")
@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_broadcast_is_never_published(
    nats_server: NatsServer, received: list[CoreMessage]
) -> None:
    with running(listening("kitchen.*", received.append)):
        with transaction.atomic():
            announce(TeaIsReady(cups=1))
            transaction.set_rollback(True)
        announce(TeaIsReady(cups=2))
        eventually(lambda: received)
    assert TeaIsReady.read(received[0].body).cups == 2


@pytest.mark.django_db(transaction=True)
def test_a_lost_broadcast_is_logged_and_does_not_block(
    nats_server: NatsServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcast, "CONNECT_WITHIN_SECONDS", 60)
    nats_server.kill()
    began = time.monotonic()
    announce(TeaIsReady(cups=1))
    assert time.monotonic() - began < 20
    monkeypatch.setattr(broadcast, "CONNECT_WITHIN_SECONDS", 0.1)
    announce(TeaIsReady(cups=2))
    eventually(lambda: "not published" in caplog.messages, within=3)


def _announce_until_received() -> None:
    """A broadcast that arrives ends an outage left by an earlier test."""
    received: list[CoreMessage] = []
    with running(listening(TeaIsReady.subject, received.append)):
        announce(TeaIsReady(cups=1))
        eventually(lambda: received)


@pytest.mark.usefixtures("connected")
@pytest.mark.django_db(transaction=True)
def test_an_outage_is_logged_in_two_lines(
    nats_server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger=broadcast.__name__)
    _announce_until_received()
    nats_server.kill()
    eventually(lambda: nats_for_threads.connection() is None, what="the client has noticed it")
    caplog.clear()
    for cups in range(3):
        announce(TeaIsReady(cups=cups))
    eventually(lambda: broadcast._losses.tries >= 3, what="all three are lost")
    nats_server.start()

    def published_again() -> bool:
        announce(TeaIsReady(cups=3))
        return "published again" in caplog.messages

    eventually(published_again, within=20)
    assert caplog.messages.count("not published") == 1
    ended = next(each for each in caplog.records if each.message == "published again")
    assert getattr(ended, "tries", 0) >= 3


def test_a_too_large_broadcast_is_rejected_to_the_caller() -> None:
    with pytest.raises(MessageTooLarge):
        announce(TeaIsReady(cups=1, leaf="x" * 70_000))


def test_a_wildcard_listener_gets_messages_in_order_with_ids(
    nats_server: NatsServer, received: list[CoreMessage]
) -> None:
    async def publish(nc: Client) -> None:
        await nc.publish("kitchen.tea", b"hot", headers={"ce-id": "cup-1"})
        await nc.publish("kitchen.cake.fresh", b"\xff")
        await nc.flush()

    with running(listening("kitchen.>", received.append)):
        on_nats(nats_server, publish)
        eventually(lambda: len(received) == 2)
    assert received == [
        CoreMessage("kitchen.tea", {"ce-id": "cup-1"}, b"hot"),
        CoreMessage("kitchen.cake.fresh", {}, b"\xff"),
    ]
    assert [each.message_id for each in received] == ["cup-1", ""]


@pytest.mark.parametrize("error", [MessageUnreadable("no tea"), ZeroDivisionError("boiled dry")])
def test_a_listener_survives_a_message_it_cannot_handle(
    nats_server: NatsServer,
    received: list[CoreMessage],
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    def take(message: CoreMessage) -> None:
        if not message.body:
            raise error
        received.append(message)

    async def publish(nc: Client) -> None:
        await nc.publish("kitchen.tea", b"")
        await nc.publish("kitchen.tea", b"hot")
        await nc.flush()

    with running(listening("kitchen.tea", take)):
        on_nats(nats_server, publish)
        eventually(lambda: received)
    said = [
        *logged_by("apps.messaging.pubsub", caplog),
        *logged_by("apps.messaging.brokers.nats_connection", caplog),
    ]
    assert [getattr(each, "error", "") for each in said] == [str(error)]
