"""Durable consumption against a real nats-server."""

import asyncio
import logging
from typing import Any

import nats.errors
import pytest
from nats.aio.msg import Msg

from apps.messaging.events import consumer as consumers
from apps.messaging.events.consumer import consuming
from apps.messaging.events.streams import Consumer
from apps.messaging.handling.verdicts import Ack
from apps.messaging.models import DeadLetter, InboxEntry
from tests.messaging.support.brokers import (
    on_nats,
    provision,
    publish,
    publish_raw,
    unsettled,
)
from tests.messaging.support.events import TEAS, TeaBrewed, make_consumer
from tests.support.logged import logged_by
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_event_is_handled_and_acknowledged(
    nats_server: NatsServer, consumer: Consumer, received: list[TeaBrewed]
) -> None:
    with running(consuming(consumer)):
        publish(nats_server, cups=2)
        eventually(lambda: unsettled(nats_server) == 0)
    assert received == [TeaBrewed(cups=2)]


def test_an_event_published_without_a_consumer_is_handled_later(
    nats_server: NatsServer, consumer: Consumer, received: list[TeaBrewed]
) -> None:
    publish(nats_server)
    with running(consuming(consumer)):
        eventually(lambda: received)


def test_an_event_stored_twice_is_handled_once(
    nats_server: NatsServer, consumer: Consumer, received: list[TeaBrewed]
) -> None:
    with running(consuming(consumer)):
        for _ in range(2):
            # No Nats-Msg-Id: the stream cannot know that it is a duplicate.
            publish(nats_server, headers={"ce-id": "the-same"})
        eventually(lambda: unsettled(nats_server) == 0)
    assert len(received) == 1


@pytest.mark.parametrize("body", [b"", b"no json", b'{"id": 42, "total": 19.99}'])
def test_a_foreign_message_is_dead_lettered_and_blocks_nothing(
    nats_server: NatsServer, consumer: Consumer, received: list[TeaBrewed], body: bytes
) -> None:
    with running(consuming(consumer)):
        publish_raw(nats_server, body)
        publish(nats_server)
        eventually(lambda: received)
        eventually(DeadLetter.objects.exists, within=2)
        eventually(lambda: unsettled(nats_server) == 0)


def test_a_failed_handler_is_called_again(nats_server: NatsServer, consumer: Consumer) -> None:
    attempts: list[int] = []

    def fail_at_first(event: TeaBrewed) -> None:
        attempts.append(event.cups)
        if len(attempts) == 1:
            raise RuntimeError("the kettle is cold")

    with running(consuming(make_consumer(fail_at_first))):
        publish(nats_server)
        eventually(lambda: len(attempts) == 2)
        eventually(lambda: unsettled(nats_server) == 0)
    assert InboxEntry.objects.count() == 1


def test_a_consumer_resumes_after_the_server_was_killed(
    nats_server: NatsServer, consumer: Consumer, received: list[TeaBrewed]
) -> None:
    with running(consuming(consumer)) as worker:
        nats_server.kill()
        eventually(lambda: not worker.is_ready)
        nats_server.start()
        publish(nats_server)
        eventually(lambda: received, within=5)


def test_a_consumer_binds_again_to_a_recreated_durable(
    nats_server: NatsServer, consumer: Consumer, received: list[TeaBrewed]
) -> None:
    with running(consuming(consumer)) as worker:
        on_nats(nats_server, lambda nc: nc.jetstream().delete_consumer(TEAS.name, "drinker"))
        eventually(lambda: not worker.is_ready)
        provision(nats_server, consumer)
        publish(nats_server)
        eventually(lambda: received, within=5)


def test_a_foreign_message_in_a_pull_inbox_is_skipped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It has no stream sequence; the others of its batch have one, and are handled."""
    place = "$JS.ACK.TEAS.drinker.1.7.7.1732000000000000000.0"
    foreign = Msg(None, subject="_INBOX.x")  # type: ignore[arg-type]
    ours = Msg(None, subject="teas.brewed", reply=place)  # type: ignore[arg-type]
    (fetched,) = consumers._fetched("drinker", [foreign, ours])
    assert (fetched.delivery.subject, fetched.delivery.sequence) == ("teas.brewed", 7)
    assert "not of a stream" in caplog.text


class Deaf(Msg):
    """A message whose server is away when it is acknowledged."""

    async def ack(self) -> None:
        raise nats.errors.ConnectionClosedError


def test_what_cannot_be_settled_is_named(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    place = "$JS.ACK.TEAS.drinker.1.7.7.1732000000000000000.0"
    message: Any = Deaf(None, subject="teas.brewed", reply=place)  # type: ignore[arg-type]
    (fetched,) = consumers._fetched("drinker", [message])
    asyncio.run(consumers.settle(fetched, Ack()))
    (said,) = logged_by(consumers.__name__, caplog)
    assert said.getMessage() == "not settled, will be redelivered"
    assert (said.__dict__["consumer"], said.__dict__["verdict"]) == ("drinker", "Ack")
    assert "ConnectionClosedError" in said.__dict__["error"]
