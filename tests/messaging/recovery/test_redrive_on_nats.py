"""A redrive on a real nats-server: fix the fault, redrive, one effect."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
from nats.aio.client import Client

from apps.messaging.errors import MessageUnreadable
from apps.messaging.events.consumer import consuming
from apps.messaging.events.streams import Consumer
from apps.messaging.models import DeadLetter, InboxEntry, OutboxMessage
from apps.messaging.outbox.relay import relaying
from apps.messaging.recovery.copies import send_copy
from apps.messaging.recovery.redrive import redrive
from tests.messaging.support.brokers import (
    forget,
    on_nats,
    provision,
    publish,
    publish_raw,
    unsettled_of,
)
from tests.messaging.support.events import TEAS, TeaBrewed, make_consumer, make_headers
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


class Kitchen:
    """One consumer with a fault that can be fixed, and another that counts."""

    def __init__(self) -> None:
        self.is_broken = True
        self.drunk: list[int] = []
        self.counted: list[int] = []
        self.drinker = make_consumer(self.drink, all_subjects=True)
        self.counter = replace(make_consumer(self.count), durable="counter")

    def drink(self, event: TeaBrewed) -> None:
        if self.is_broken:
            raise MessageUnreadable("the kettle is cold")
        self.drunk.append(event.cups)

    def count(self, event: TeaBrewed) -> None:
        self.counted.append(event.cups)


@pytest.fixture
def kitchen(nats_server: NatsServer) -> Iterator[Kitchen]:
    kitchen = Kitchen()
    provision(nats_server, kitchen.drinker, kitchen.counter)
    with all_running(kitchen.drinker, kitchen.counter):
        yield kitchen
    forget(nats_server)


@contextmanager
def all_running(*consumers: Consumer) -> Iterator[None]:
    with ExitStack() as processes:
        processes.enter_context(running(relaying, name="relay"))
        for consumer in consumers:
            processes.enter_context(running(consuming(consumer), name=consumer.durable))
        yield


def all_settled(server: NatsServer) -> bool:
    """Say whether both consumers have settled everything that the stream holds."""

    async def ask(nc: Client) -> bool:
        rest = [await unsettled_of(nc, TEAS.name, name) for name in ("drinker", "counter")]
        return not any(rest)

    return on_nats(server, ask)


def dead_letter() -> DeadLetter | None:
    return DeadLetter.objects.filter(state="dead").first()


def redrive_and_wait(server: NatsServer, letter: DeadLetter | None) -> None:
    assert letter
    redrive(id=letter.pk)
    eventually(lambda: not OutboxMessage.objects.filter(sent_at=None).exists())
    eventually(lambda: all_settled(server))


def test_a_redrive_after_the_fix_affects_its_consumer_once(
    nats_server: NatsServer, kitchen: Kitchen
) -> None:
    publish(nats_server, cups=3)
    letter = eventually(dead_letter)
    kitchen.is_broken = False
    redrive_and_wait(nats_server, letter)
    assert (kitchen.drunk, kitchen.counted) == ([3], [3])
    assert InboxEntry.objects.count() == 2


def test_a_second_redrive_has_no_second_effect(nats_server: NatsServer, kitchen: Kitchen) -> None:
    publish(nats_server, cups=3)
    letter = eventually(dead_letter)
    assert letter
    kitchen.is_broken = False
    redrive(id=letter.pk)
    redrive(id=letter.pk, again=True)
    eventually(lambda: not OutboxMessage.objects.filter(sent_at=None).exists())
    eventually(lambda: all_settled(nats_server))
    assert (kitchen.drunk, kitchen.counted) == ([3], [3])


def test_a_redrive_without_a_fix_is_dead_lettered_again(
    nats_server: NatsServer, kitchen: Kitchen
) -> None:
    publish(nats_server, cups=3)
    redrive_and_wait(nats_server, eventually(dead_letter))
    letter = eventually(dead_letter)
    assert letter
    assert (letter.attempts, letter.redrives) == (2, 1)
    assert DeadLetter.objects.count() == 1


def test_a_redriven_unreadable_message_is_the_same_dead_letter(
    nats_server: NatsServer, kitchen: Kitchen
) -> None:
    publish_raw(nats_server, b"no json", {"Nats-Msg-Id": "foreign"})
    eventually(lambda: DeadLetter.objects.count() == 2)
    redrive_and_wait(nats_server, DeadLetter.objects.get(consumer="counter"))
    letter = DeadLetter.objects.get(consumer="counter")
    assert (letter.state, letter.attempts) == ("dead", 2)
    assert DeadLetter.objects.get(consumer="drinker").attempts == 1


def test_a_corrected_copy_affects_its_consumer_and_no_other(
    nats_server: NatsServer, kitchen: Kitchen
) -> None:
    kitchen.is_broken = False
    publish_raw(nats_server, b'{"cups": "many"}', make_headers())
    eventually(lambda: DeadLetter.objects.count() == 2)
    send_copy(id=DeadLetter.objects.get(consumer="drinker").pk, body='{"cups": 5}')
    eventually(lambda: kitchen.drunk == [5])
    eventually(lambda: all_settled(nats_server))
    assert kitchen.counted == []
    assert set(DeadLetter.objects.values_list("state", flat=True)) == {"dead"}
