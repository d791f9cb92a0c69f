"""A doubtful duplicate ack, when the message cannot be stored again either."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from nats.js.api import StreamConfig

from apps.messaging.brokers.jetstream_fixes import PatchedJetStream
from apps.messaging.brokers.nats_py_fixes import PatchedClient
from apps.messaging.operations.provisioning import add_stream
from apps.messaging.outbox.jetstream_publisher import publish_to_jetstream
from apps.messaging.outbox.rows import (
    Claimed,
    DestinationAway,
    Outcome,
    Postponed,
    Rejected,
    RowLease,
    Sent,
)
from tests.messaging.support.brokers import forget, on_nats
from tests.messaging.support.events import TEAS
from tests.messaging.support.rows import make_claimed
from tests.support.nats_server import NatsServer

ROW = make_claimed()
MAX_PAYLOAD = 1024**2
OVER = RowLease(by_monotonic_clock=0.0)


@pytest.fixture(autouse=True)
def no_stream_is_left(nats_server: NatsServer) -> Iterator[None]:
    yield
    forget(nats_server)


def publish_lose_and_publish_again(
    server: NatsServer, config: StreamConfig, row: Claimed = ROW
) -> Outcome:
    """At the second publish the stream knows the id, has lost the message, and has `config`."""

    async def work(nc: PatchedClient) -> Outcome:
        jetstream = PatchedJetStream(nc)
        await add_stream(jetstream, TEAS.config())
        first = (await publish_to_jetstream(nc, jetstream, [row]))[row.id]
        assert isinstance(first, Sent), first
        await jetstream.purge_stream(TEAS.name)
        await jetstream.update_stream(config)
        return (await publish_to_jetstream(nc, jetstream, [row]))[row.id]

    return on_nats(server, work)


def test_a_message_over_the_streams_new_limit_is_rejected(nats_server: NatsServer) -> None:
    smaller = TEAS.config().evolve(max_msg_size=10)
    outcome = publish_lose_and_publish_again(nats_server, smaller)
    assert isinstance(outcome, Rejected)
    assert "exceeds" in outcome.error


def test_a_message_too_large_with_its_new_id_is_rejected(nats_server: NatsServer) -> None:
    headers = f"NATS/1.0\r\nNats-Msg-Id: {ROW.message_id}\r\n\r\n"
    largest = replace(ROW, body="x" * (MAX_PAYLOAD - len(headers)))
    outcome = publish_lose_and_publish_again(nats_server, TEAS.config(), largest)
    assert isinstance(outcome, Rejected)
    assert "max_payload" in outcome.error


def test_a_stream_sealed_after_a_lost_ack_is_an_absent_destination(nats_server: NatsServer) -> None:
    sealed = TEAS.config().evolve(sealed=True)
    outcome = publish_lose_and_publish_again(nats_server, sealed)
    assert isinstance(outcome, DestinationAway)
    assert "sealed" in outcome.error


def test_nothing_is_published_after_the_lease_ended(nats_server: NatsServer) -> None:
    async def work(nc: PatchedClient) -> tuple[Outcome, int]:
        jetstream = PatchedJetStream(nc)
        await add_stream(jetstream, TEAS.config())
        late = replace(ROW, lease=OVER)
        outcome = (await publish_to_jetstream(nc, jetstream, [late]))[ROW.id]
        return outcome, (await jetstream.stream_info(TEAS.name)).state.messages

    outcome, stored = on_nats(nats_server, work)
    assert isinstance(outcome, Postponed)
    assert (outcome.error, stored) == ("the lease ended before it was sent", 0)
