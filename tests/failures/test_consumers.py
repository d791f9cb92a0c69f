"""A consumer with failing, slow and redelivered messages, and with its database away."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from nats.aio.client import Client
from pytest_django.fixtures import Settings

from apps.messaging import hooks
from apps.messaging.events import in_flight, streams
from apps.messaging.events.consumer import consuming
from apps.messaging.models import DeadLetter, FailedDelivery
from tests.messaging.support.brokers import forget, on_nats, provision, publish, unsettled
from tests.messaging.support.events import TEAS, TeaBrewed, make_consumer
from tests.support.denied_writes import writes_denied
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)

POISON = 13
ACK_WAIT = timedelta(seconds=5)
TOO_LONG = 2.4 * ACK_WAIT.total_seconds()
"""What the slow messages take: the server would not wait twice as long without a sign."""


class Drinker:
    """A handler that counts its cups, and fails on some of them."""

    def __init__(self) -> None:
        self.drunk: Counter[int] = Counter()

    def __call__(self, event: TeaBrewed) -> None:
        self.drunk[event.cups] += 1
        if event.cups == POISON:
            raise RuntimeError("not for me")


class SlowAtFirst:
    """Lets the first messages wait, before their transaction: SQLite has one writer at a time."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.arrived = 0
        self.go_on = threading.Event()

    def __call__(self) -> None:
        self.arrived += 1
        if self.arrived <= self.count:
            assert self.go_on.wait(20 + 2 * TOO_LONG)


@pytest.fixture
def drinker() -> Drinker:
    return Drinker()


@pytest.fixture(autouse=True)
def durable(nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A durable whose ack wait outlasts a machine that stands still for three seconds."""
    monkeypatch.setattr(in_flight, "SLOW_AFTER", 0.2)
    for module in (streams, in_flight):
        monkeypatch.setattr(module, "ACK_WAIT", ACK_WAIT)
    provision(nats_server, make_consumer(print))
    yield
    nats_server.start()
    forget(nats_server)


def test_poison_messages_do_not_block_the_others(
    nats_server: NatsServer, drinker: Drinker, settings: Settings
) -> None:
    settings.RETRIES = replace(settings.RETRIES, longest_pause=0.05)  # They fail alike.
    for _ in range(30):  # More than one fetch.
        publish(nats_server, cups=POISON)
    publish(nats_server, cups=1)
    with running(consuming(make_consumer(drinker))):
        eventually(lambda: drinker.drunk[1], within=20)  # They are buried after thirty deliveries.
        eventually(lambda: drinker.drunk[POISON] > 30, what="they are tried again")
    assert FailedDelivery.objects.count() == drinker.drunk[POISON]


def test_a_slow_message_blocks_no_other_and_is_delivered_once(
    nats_server: NatsServer, drinker: Drinker
) -> None:
    slow = SlowAtFirst(1)
    for cups in range(6):
        publish(nats_server, cups=cups)
    with (
        hooks.attached("consumer.fetched", slow),
        running(consuming(make_consumer(drinker))),
    ):
        eventually(lambda: set(drinker.drunk) == {1, 2, 3, 4, 5}, within=5)
        time.sleep(TOO_LONG)
        slow.go_on.set()
        eventually(lambda: unsettled(nats_server) == 0)
    assert drinker.drunk == Counter(range(6))
    assert slow.arrived == 6, "one has come again"


def test_only_a_failed_slow_message_is_redelivered(
    nats_server: NatsServer, drinker: Drinker
) -> None:
    """A sign of its progress after the `nak` would take back the delay, again and again."""
    first_time = iter([True])

    def fail_late() -> None:
        if next(first_time, False):
            time.sleep(2 * in_flight.SLOW_AFTER)
            raise RuntimeError("not for me")

    publish(nats_server, cups=1)
    with (
        hooks.attached("consumer.fetched", fail_late),
        running(consuming(make_consumer(drinker))),
    ):
        eventually(lambda: drinker.drunk[1], within=5)
        eventually(lambda: unsettled(nats_server) == 0)


def test_messages_behind_too_many_slow_ones_wait_without_redelivery(
    nats_server: NatsServer, drinker: Drinker
) -> None:
    slow = SlowAtFirst(in_flight.SLOW_AT_ONCE + 2)
    for cups in range(slow.count + 2):
        publish(nats_server, cups=cups)
    with (
        hooks.attached("consumer.fetched", slow),
        running(consuming(make_consumer(drinker))),
    ):
        eventually(lambda: slow.arrived == slow.count - 1)
        time.sleep(TOO_LONG)
        slow.go_on.set()
        eventually(lambda: unsettled(nats_server) == 0)
    assert drinker.drunk == Counter(range(slow.count + 2))
    assert slow.arrived == slow.count + 2, "one has come again"


def test_a_lost_ack_causes_a_redelivery_without_a_second_effect(
    nats_server: NatsServer, drinker: Drinker
) -> None:
    dropped = iter([True])
    publish(nats_server, cups=1)
    with (
        hooks.attached("consumer.committed", lambda: next(dropped, False)),
        running(consuming(make_consumer(drinker))),
    ):
        eventually(lambda: unsettled(nats_server) == 0, within=30)
    assert next(dropped, None) is None
    assert drinker.drunk == {1: 1}


def test_a_consumer_resumes_within_five_seconds_after_a_database_outage(
    nats_server: NatsServer, drinker: Drinker
) -> None:
    with running(consuming(make_consumer(drinker))) as worker:
        with database_away():
            for cups in range(10):
                publish(nats_server, cups=cups)
            eventually(lambda: not worker.is_ready)
            assert core_share() < 0.2
            assert not drinker.drunk
        eventually(lambda: drinker.drunk.total() == 10, within=5)
        eventually(lambda: unsettled(nats_server) == 0)
    assert not FailedDelivery.objects.exists()


def test_a_read_only_database_counts_no_failed_attempts(
    nats_server: NatsServer, drinker: Drinker
) -> None:
    """A full disk or a read-only server: SELECT still works, so it proves nothing."""
    with running(consuming(make_consumer(drinker))) as worker:
        with writes_denied():
            for number in range(30):
                publish(nats_server, cups=POISON + 1 + number)
            eventually(lambda: not worker.is_ready)
            time.sleep(6)  # Long enough for several rounds, if there were any.
            assert not drinker.drunk
        eventually(lambda: drinker.drunk.total() == 30, within=10)
        eventually(lambda: unsettled(nats_server) == 0)
    assert deliveries(nats_server) <= 3 * 30
    assert not FailedDelivery.objects.exists()
    assert not DeadLetter.objects.exists()


def test_a_read_only_postgresql_counts_no_failed_attempts(
    nats_server: NatsServer, drinker: Drinker
) -> None:
    if connection.vendor != "postgresql":
        return
    with running(consuming(make_consumer(drinker))) as worker:
        with postgresql_read_only():
            for number in range(30):
                publish(nats_server, cups=POISON + 1 + number)
            eventually(lambda: not worker.is_ready)
            assert core_share() < 0.2
        eventually(lambda: unsettled(nats_server) == 0, within=20)
    assert drinker.drunk.total() == 30
    assert not FailedDelivery.objects.exists()
    assert not DeadLetter.objects.exists()


def test_a_consumer_resumes_within_five_seconds_after_a_server_outage(
    nats_server: NatsServer, drinker: Drinker
) -> None:
    with running(consuming(make_consumer(drinker))) as worker:
        nats_server.kill()
        eventually(lambda: not worker.is_ready)
        assert core_share() < 0.2
        nats_server.start()
        publish(nats_server, cups=1)
        eventually(lambda: drinker.drunk[1], within=5)


def test_a_consumer_resumes_within_five_seconds_after_its_durable_returns(
    nats_server: NatsServer, drinker: Drinker
) -> None:
    with running(consuming(make_consumer(drinker))) as worker:
        on_nats(nats_server, lambda nc: nc.jetstream().delete_consumer(TEAS.name, "drinker"))
        eventually(lambda: not worker.is_ready)
        publish(nats_server, cups=1)
        assert core_share() < 0.2
        provision(nats_server, make_consumer(print))
        eventually(lambda: drinker.drunk[1], within=5)


def deliveries(server: NatsServer) -> int:
    """Return how often the server has handed out a message of the durable, repeats included."""

    async def ask(nc: Client) -> int:
        info = await nc.jetstream().consumer_info(TEAS.name, "drinker")
        return info.delivered.consumer_seq if info.delivered else 0

    return on_nats(server, ask)


def core_share(*, seconds: float = 1.5) -> float:
    """Return how much of a core this process uses, the consumer in its thread included."""
    busy, began = time.process_time(), time.monotonic()
    time.sleep(seconds)
    return (time.process_time() - busy) / (time.monotonic() - began)


@contextmanager
def postgresql_read_only() -> Iterator[None]:
    """Make new sessions read-only, and end all old ones except this test's, as a failover does."""
    _set_read_only("on")
    try:
        yield
    finally:
        _set_read_only("off")


def _set_read_only(value: str) -> None:
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {value}')
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid()",
            [name],
        )


@contextmanager
def database_away() -> Iterator[None]:
    """Let every connection that other threads open from now on be refused."""
    test_thread = threading.get_ident()

    def refuse(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
        if threading.get_ident() != test_thread:
            connection.close()
            raise OperationalError("the database is away")

    connection_created.connect(refuse)
    try:
        yield
    finally:
        connection_created.disconnect(refuse)
