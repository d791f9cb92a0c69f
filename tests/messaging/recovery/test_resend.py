"""Resending events, on a real nats-server whose stream has lost them."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from apps.messaging import outbox
from apps.messaging.events.streams import Consumer
from apps.messaging.models import OutboxMessage
from apps.messaging.outbox.relay import relaying
from tests.messaging.support.brokers import forget, on_nats, provision, stored, unsettled
from tests.messaging.support.events import TEAS, TeaBrewed, make_consumer
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


CONSUMER = make_consumer(lambda _: None)


@pytest.fixture
def durable() -> Consumer:
    return CONSUMER


@pytest.fixture(autouse=True)
def declared(all_provisioned: None) -> None:
    """Everything that is declared is at the server."""


@pytest.fixture
def declaration() -> str:
    return f"{__name__}.CONSUMER"


def purge(server: NatsServer) -> None:
    on_nats(server, lambda nc: nc.jetstream().purge_stream(TEAS.name))


def recreate(server: NatsServer) -> None:
    forget(server)
    provision(server, make_consumer(print))


def lose_the_last(server: NatsServer) -> None:
    async def delete(nc: Client) -> None:
        await nc.jetstream().delete_msg(TEAS.name, 3)

    on_nats(server, delete)


def record_and_send(*keys: str) -> None:
    for cups, key in enumerate(keys):
        with transaction.atomic():
            outbox.record(TeaBrewed(cups=cups), key=key)
    until_sent()


def until_sent() -> None:
    unsent = OutboxMessage.objects.filter(sent_at=None)
    eventually(lambda: not unsent.exists(), within=10, what="all is sent")


def resend(*arguments: str) -> str:
    output = StringIO()
    call_command("outbox", "resend", *arguments, stdout=output, verbosity=0)
    return output.getvalue()


@pytest.mark.parametrize(("lose", "left"), [(purge, 0), (recreate, 0), (lose_the_last, 2)])
def test_events_lost_by_the_stream_are_found_and_resent(
    nats_server: NatsServer, lose: Callable[[NatsServer], None], left: int
) -> None:
    with running(relaying):
        record_and_send("a", "b", "c")
        lose(nats_server)
        assert stored(nats_server) == left
        assert f"--send sends these {3 - left:,} again" in resend("--missing")
        assert stored(nats_server) == left
        resend("--missing", "--send")
        until_sent()
    assert stored(nats_server) == 3
    assert resend("--missing") == "no event is missing\n"


def test_a_purged_streams_duplicate_answer_is_not_trusted(nats_server: NatsServer) -> None:
    with running(relaying):
        record_and_send("a")
        purge(nats_server)
        OutboxMessage.objects.update(sent_at=None, lease_until=None)
        until_sent()
    assert (stored(nats_server), OutboxMessage.objects.get().stream_sequence) == (1, 2)


def test_a_resent_event_already_in_the_stream_is_not_stored_twice(nats_server: NatsServer) -> None:
    with running(relaying):
        record_and_send("a", "b")
        resend("--since", str(timezone.now().date() - timedelta(days=1)), "--send")
        until_sent()
    assert stored(nats_server) == 2
    assert {row.stream_sequence for row in OutboxMessage.objects.all()} == {1, 2}


def test_only_events_sent_since_that_time_are_resent() -> None:
    with running(relaying):
        record_and_send("old", "new")
        old = OutboxMessage.objects.filter(key="old")
        old.update(sent_at=timezone.now() - timedelta(hours=2))
        output = resend("--since", (timezone.now() - timedelta(hours=1)).isoformat())
    assert "these 1 again" in output


def test_a_start_before_the_retained_rows_is_reported() -> None:
    assert "are kept since" in resend("--since", "2020-01-01")


def test_a_missing_stream_is_named(nats_server: NatsServer) -> None:
    with running(relaying):
        record_and_send("a", "b")
    forget(nats_server)
    output = resend("--missing")
    assert "no stream TEAS: --send makes it" in output
    assert "--send sends these 2 again" in output
    with pytest.raises(NotFoundError):
        stored(nats_server)


def test_a_missing_stream_is_created_and_filled_by_one_command(nats_server: NatsServer) -> None:
    with running(relaying):
        record_and_send("a", "b")
        forget(nats_server)
        assert "no stream TEAS: it is made now" in resend("--missing", "--send")
        until_sent()
    assert (stored(nats_server), unsettled(nats_server)) == (2, 2)


def test_a_missing_durable_is_created(nats_server: NatsServer) -> None:
    on_nats(nats_server, lambda nc: nc.jetstream().delete_consumer(TEAS.name, CONSUMER.durable))
    assert "no durable drinker of TEAS: --send makes it" in resend("--missing")
    resend("--missing", "--send")
    assert unsettled(nats_server) == 0
    assert resend("--missing") == "no event is missing\n"


def test_nothing_is_resent_without_its_stream(nats_server: NatsServer) -> None:
    with running(relaying):
        record_and_send("a")
    forget(nats_server)
    on_nats(nats_server, lambda nc: nc.jetstream().add_stream(name="POTS", subjects=["teas.pots"]))
    try:
        with pytest.raises(CommandError, match="stream TEAS: subjects overlap"):
            resend("--missing", "--send")
    finally:
        forget(nats_server, "POTS")
    assert not OutboxMessage.objects.filter(sent_at=None).exists()


def test_resend_requires_a_choice() -> None:
    with pytest.raises(CommandError, match="required"):
        resend()
