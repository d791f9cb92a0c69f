"""A queue group on a real nats-server: one member gets each message."""

import threading
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from apps.messaging.brokers import nats_for_threads
from apps.messaging.message import Payload
from apps.messaging.models import DeadLetter
from apps.messaging.pubsub.queue_group import offer, serving
from apps.messaging.worker.lifecycle import Worker
from tests.messaging.support.brokers import on_nats
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("connected")]

SUBJECT = "kitchen.wash"


class Cup(Payload):
    number: int


def member(
    handle: Callable[[bytes], None], *, concurrency: int = 2
) -> Callable[[Worker], Awaitable[None]]:
    return serving(SUBJECT, "washers", handle, concurrency=concurrency)


def test_each_message_goes_to_one_member(nats_server: NatsServer) -> None:
    washed: dict[str, list[int]] = {"ann": [], "bob": []}

    def wash(name: str) -> Callable[[bytes], None]:
        return lambda body: washed[name].append(Cup.read(body).number)

    with running(member(wash("ann")), name="ann"), running(member(wash("bob")), name="bob"):
        for number in range(60):
            offer(SUBJECT, Cup(number=number))
        eventually(lambda: sum(map(len, washed.values())) >= 60)
    assert Counter(washed["ann"] + washed["bob"]) == dict.fromkeys(range(60), 1)
    assert washed["ann"]
    assert washed["bob"]


def test_other_members_continue_when_one_stops(nats_server: NatsServer) -> None:
    washed: list[int] = []

    def wash(body: bytes) -> None:
        washed.append(Cup.read(body).number)

    with running(member(wash), name="stays"):
        with running(member(wash), name="goes"):
            pass
        for number in range(10):
            offer(SUBJECT, Cup(number=number))
        eventually(lambda: sorted(washed) == list(range(10)))


def test_a_message_offered_without_members_is_lost(nats_server: NatsServer) -> None:
    washed: list[int] = []
    offer(SUBJECT, Cup(number=1))
    nats_for_threads.close()  # it has left now
    nats_for_threads.connect(timeout=60)
    with running(member(lambda body: washed.append(Cup.read(body).number))):
        offer(SUBJECT, Cup(number=2))
        eventually(lambda: washed)
    assert washed == [2]


def test_a_member_handles_as_many_messages_as_threads(nats_server: NatsServer) -> None:
    both_in_flight = threading.Barrier(2, timeout=60)
    done: list[int] = []

    def wash(body: bytes) -> None:
        both_in_flight.wait()
        done.append(1)

    with running(member(wash, concurrency=2)):
        for number in range(2):
            offer(SUBJECT, Cup(number=number))
        eventually(lambda: len(done) == 2)


@pytest.mark.parametrize("body", [b"", b"no json", b'{"id": 42}', b"\xff\x00"])
def test_an_unreadable_message_is_a_dead_letter(nats_server: NatsServer, body: bytes) -> None:
    def wash(body: bytes) -> None:
        Cup.read(body)

    with running(member(wash), name="washer"):
        on_nats(nats_server, lambda nc: nc.publish(SUBJECT, body))
        letter = eventually(DeadLetter.objects.first, within=2)
    assert letter is not None
    assert (letter.transport, letter.consumer, letter.destination) == (
        "queue_group",
        "washer",
        SUBJECT,
    )
    assert letter.reason.startswith("not a Cup: ")


def test_an_error_is_logged_and_the_next_message_is_handled(
    nats_server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    washed: list[int] = []

    def wash(body: bytes) -> None:
        if (cup := Cup.read(body)).number == 13:
            raise RuntimeError("broken")
        washed.append(cup.number)

    with running(member(wash, concurrency=1)):
        for number in (13, 14):
            offer(SUBJECT, Cup(number=number))
        eventually(lambda: washed == [14])
    assert "work lost" in caplog.messages


def test_a_member_finishes_running_work_before_it_stops(nats_server: NatsServer) -> None:
    begun, may_end = threading.Event(), threading.Event()
    done: list[int] = []

    def wash(body: bytes) -> None:
        begun.set()
        may_end.wait(60)
        done.append(1)

    with running(member(wash)):
        offer(SUBJECT, Cup(number=1))
        assert begun.wait(60)
        threading.Timer(0.2, may_end.set).start()
    assert done == [1]
