"""An event of an earlier version is read as the current one, also while old and new readers run."""

from typing import ClassVar

import pytest

from apps.messaging.errors import MessageUnreadable
from apps.messaging.events.consumer import consuming
from apps.messaging.events.streams import Consumer
from apps.messaging.events.versions import EarlierEvent, read_any_version
from apps.messaging.message import Event
from apps.messaging.models import DeadLetter
from apps.messaging.names import PREFIX
from tests.messaging.support.brokers import provision, publish, publish_raw, unsettled
from tests.messaging.support.events import TEAS, TeaBrewed, make_consumer, make_headers
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually


class TeaV1(EarlierEvent):
    subject: ClassVar[str] = "teas.brewed"

    cups: int

    def upcast(self) -> "TeaV2":
        return TeaV2(cups=self.cups, milk=False)


class TeaV2(EarlierEvent):
    subject: ClassVar[str] = "teas.brewed"
    version: ClassVar[int] = 2

    cups: int
    milk: bool

    def upcast(self) -> "TeaV3":
        return TeaV3(cups=self.cups, milk=self.milk, sugar=0)


class TeaV3(Event):
    subject: ClassVar[str] = "teas.brewed"
    version: ClassVar[int] = 3
    earlier: ClassVar[tuple[type[Event], ...]] = (TeaV2, TeaV1)

    cups: int
    milk: bool
    sugar: int


BODIES = {
    1: b'{"cups": 3}',
    2: b'{"cups": 3, "milk": true}',
    3: b'{"cups": 3, "milk": true, "sugar": 2}',
}


def type_of(version: int) -> str:
    return f"{PREFIX}.teas.brewed.v{version}"


@pytest.mark.parametrize(("version", "milk", "sugar"), [(1, False, 0), (2, True, 0), (3, True, 2)])
def test_each_known_version_is_read_as_the_current_one(
    version: int, milk: bool, sugar: int
) -> None:
    event = read_any_version(TeaV3, type_of(version), BODIES[version])
    assert event == TeaV3(cups=3, milk=milk, sugar=sugar)


def test_an_unknown_version_is_not_read() -> None:
    assert read_any_version(TeaV3, type_of(4), BODIES[3]) is None
    assert read_any_version(TeaBrewed, type_of(2), BODIES[2]) is None


def test_a_body_is_read_as_the_version_that_its_type_names() -> None:
    with pytest.raises(MessageUnreadable, match="not a TeaV2: milk"):
        read_any_version(TeaV3, type_of(2), BODIES[1])


@pytest.mark.django_db(transaction=True)
def test_old_and_new_readers_side_by_side_bury_nothing(nats_server: NatsServer) -> None:
    """A deployment: new readers beside old ones, then the old ones end, then writers change."""
    cups: list[int] = []
    old = make_consumer(lambda event: cups.append(event.cups))
    new = Consumer(
        durable=old.durable, stream=TEAS, handlers={TeaV3: lambda event: cups.append(event.cups)}
    )
    provision(nats_server, old)
    with running(consuming(new)):
        with running(consuming(old)):
            for number in range(20):
                publish(nats_server, cups=number)
            eventually(lambda: unsettled(nats_server) == 0)
        for number in range(20, 30):
            body = f'{{"cups": {number}, "milk": true, "sugar": 1}}'.encode()
            publish_raw(nats_server, body, make_headers(type=type_of(3)))
            # An old writer is still at work.
            publish(nats_server, cups=number + 10)
        eventually(lambda: unsettled(nats_server) == 0)
    assert sorted(cups) == list(range(40))
    assert not DeadLetter.objects.exists()
