"""Several outbox relays, and brokers that are away, full or too slow."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from django.db import connection, transaction
from nats.aio.client import Client

from apps.messaging import hooks, outbox
from apps.messaging.events.streams import Stream
from apps.messaging.models import OutboxMessage
from apps.messaging.operations.provisioning import provision_jetstream
from apps.messaging.outbox import jetstream_publisher
from apps.messaging.outbox.relay import relaying
from apps.messaging.request_reply.responder import answering
from apps.orders.checkout import check_out
from apps.orders.lines import RequestedLine
from apps.orders.models import Order
from apps.pricing.responders import pricing_service
from tests.catalog.products import make_product
from tests.failures.promises import stored_events, until_all_is_sent
from tests.messaging.support.brokers import forget, on_nats, provision, stored
from tests.messaging.support.events import TEAS, TeaBrewed, make_consumer
from tests.messaging.support.rows import record
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.silent import stopped
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)

SMALL = replace(TEAS, max_bytes=4096)


@pytest.fixture
def teas(nats_server: NatsServer) -> Iterator[NatsServer]:
    provision(nats_server, make_consumer(print))
    yield nats_server
    nats_server.start()
    forget(nats_server)


def cups_by_key(server: NatsServer) -> dict[str, list[int]]:
    """Return the cups of each key as the stream holds them, oldest first."""

    async def read(nc: Client) -> dict[str, list[int]]:
        jetstream = nc.jetstream()
        found: dict[str, list[int]] = defaultdict(list)
        last = (await jetstream.stream_info(TEAS.name)).state.last_seq
        for place in range(1, last + 1):
            message = await jetstream.get_msg(TEAS.name, place)
            key = (message.headers or {})["ce-subject"]
            found[key].append(TeaBrewed.read(message.data or b"").cups)
        return found

    return on_nats(server, read)


def test_several_relays_keep_each_keys_order(teas: NatsServer) -> None:
    # SQLite cannot skip locked rows, and allows one.
    relays = 3 if connection.features.has_select_for_update_skip_locked else 1
    keys = [f"pot-{number % 4}" for number in range(60)]
    with ExitStack() as running_relays:
        for number in range(relays):
            running_relays.enter_context(running(relaying, name=f"relay-{number}"))
        record(*keys)
        until_all_is_sent()
    found = cups_by_key(teas)
    assert sum(map(len, found.values())) == len(keys)
    assert all(cups == sorted(cups) for cups in found.values())


def test_a_crash_of_nats_keeps_the_order_of_long_keys(teas: NatsServer) -> None:
    """Of batches in flight each is stored or not, and the sequences are those of the stream."""
    relays = 2 if connection.features.has_select_for_update_skip_locked else 1
    with ExitStack() as running_relays:
        for number in range(relays):
            running_relays.enter_context(running(relaying, name=f"relay-{number}"))
        record("first")
        until_all_is_sent()
        with transaction.atomic():
            for cups in range(1, 1501):
                outbox.record(TeaBrewed(cups=cups), key=f"pot-{cups % 3}")
        eventually(lambda: OutboxMessage.objects.filter(stream_sequence__gt=1).exists())
        teas.kill()
        teas.start()
        until_all_is_sent()
    found = cups_by_key(teas)
    assert sum(map(len, found.values())) == 1501
    assert all(cups == sorted(cups) for cups in found.values())
    sequences = OutboxMessage.objects.values_list("stream_sequence", flat=True)
    assert sequences.count() == 1501
    assert set(sequences) == set(range(1, 1502))


def test_a_second_relay_is_rejected_without_skip_locked(teas: NatsServer) -> None:
    with running(relaying), running(relaying, name="second", ready_within=0) as second:
        eventually(lambda: second.is_ready or second.failure)
    assert bool(second.failure) is not connection.features.has_select_for_update_skip_locked


def test_events_for_a_full_stream_wait_and_are_not_lost(teas: NatsServer) -> None:
    make_room(teas, SMALL)
    keys = [f"pot-{number}" for number in range(40)]
    with running(relaying):
        record(*keys)
        waiting = OutboxMessage.objects.filter(sent_at=None, lease_until=None)
        eventually(lambda: 0 < waiting.count() < len(keys), what="some are in, some wait")
        assert stored(teas) < len(keys)
        make_room(teas, TEAS)
        until_all_is_sent(within=5)
    assert stored(teas) == len(keys)
    assert not OutboxMessage.objects.filter(tries__gt=0).exists()


def test_an_event_without_an_ack_is_published_again(
    teas: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jetstream_publisher, "ACK_DEADLINE", 0.5)
    with running(relaying):
        assert teas.process
        with stopped(teas.process.pid):  # Connected, and silent.
            record("pot")
            eventually(lambda: OutboxMessage.objects.exclude(lease_token="").exists())
            eventually(lambda: OutboxMessage.objects.filter(lease_token="", sent_at=None).exists())
        until_all_is_sent(within=5)
    assert stored(teas) == 1


@pytest.mark.parametrize(
    "seconds_away", [0.2, pytest.param(60, marks=pytest.mark.slow)], ids=["moment", "minute"]
)
def test_an_order_survives_losing_nats_before_its_commit(
    orders_stream: NatsServer, seconds_away: float
) -> None:
    make_product()
    with running(relaying):
        with (
            running(answering(pricing_service()), name="price_responder"),
            hooks.attached("outbox.recorded", orders_stream.kill),
        ):
            order = check_out(
                email="ada@example.com", lines=[RequestedLine(sku="ABC", quantity=1)]
            ).order
        time.sleep(seconds_away)
        assert Order.objects.get().status == Order.Status.PLACED
        orders_stream.start()
        until_all_is_sent(within=5)
    (((subject, _), times),) = stored_events(orders_stream).items()
    assert (subject, times) == ("orders.placed", 1)
    assert OutboxMessage.objects.get().key == str(order.id)


def make_room(server: NatsServer, stream: Stream) -> None:
    on_nats(server, lambda nc: provision_jetstream(nc, streams=[stream], consumers=[]))
