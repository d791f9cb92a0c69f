"""Streams and durables that `manage.py provision` creates, as the server reports them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerInfo,
    DiscardPolicy,
    StorageType,
    StreamConfig,
    StreamInfo,
)
from nats.js.errors import ServerError

from apps.messaging.events.streams import ACK_WAIT, MAX_ACK_PENDING, WITHOUT_END
from apps.messaging.operations.provisioning import add_stream
from tests.messaging.support.brokers import forget, on_nats, provision
from tests.messaging.support.events import TEAS, make_consumer
from tests.support.nats_server import NatsServer


@pytest.fixture(autouse=True)
def provisioned(nats_server: NatsServer) -> Iterator[None]:
    for _ in range(2):  # The second time it changes nothing.
        provision(nats_server, make_consumer(print))
    yield
    forget(nats_server)


def reported(server: NatsServer) -> tuple[StreamInfo, ConsumerInfo]:
    async def ask(nc: Client) -> tuple[StreamInfo, ConsumerInfo]:
        jetstream = nc.jetstream()
        stream = await jetstream.stream_info(TEAS.name)
        return stream, await jetstream.consumer_info(TEAS.name, "drinker")

    return on_nats(server, ask)


def reported_stream(server: NatsServer) -> StreamInfo:
    return on_nats(server, lambda nc: nc.jetstream().stream_info(TEAS.name))


def test_a_stream_is_on_disk_and_rejects_events_when_full(nats_server: NatsServer) -> None:
    config = reported(nats_server)[0].config
    assert (config.storage, config.discard) == (StorageType.FILE, DiscardPolicy.NEW)
    assert config.max_bytes == TEAS.max_bytes
    assert config.subjects == [*TEAS.subjects], "an update resets what it does not name"
    assert config.max_age == TEAS.max_age.total_seconds()
    assert not config.allow_msg_schedules, "such a stream drops messages that no consumer has read"
    assert not config.allow_msg_counter, "nor can this one have it"


def test_a_durable_has_the_configured_ack_wait(nats_server: NatsServer) -> None:
    config = reported(nats_server)[1].config
    assert config.ack_wait == ACK_WAIT.total_seconds()
    assert not config.backoff, "it would replace ack_wait without a word"
    assert (config.max_deliver, config.max_ack_pending) == (WITHOUT_END, MAX_ACK_PENDING)


def test_provisioning_removes_the_delivery_limit_of_a_durable(nats_server: NatsServer) -> None:
    async def provision_as_before(nc: Client) -> None:
        old = replace(make_consumer(print).config(), max_deliver=20)
        await nc.jetstream().add_consumer(TEAS.name, old)

    on_nats(nats_server, provision_as_before)
    assert reported(nats_server)[1].config.max_deliver == 20
    provision(nats_server, make_consumer(print))
    assert reported(nats_server)[1].config.max_deliver == WITHOUT_END


def test_a_durable_is_kept_and_each_message_acknowledged(nats_server: NatsServer) -> None:
    config = reported(nats_server)[1].config
    assert config.durable_name == "drinker"
    assert config.ack_policy == AckPolicy.EXPLICIT
    assert not config.inactive_threshold, "it would delete durables as well"


class Deleting(JetStreamContext):
    """Refuses a new stream so many times, as a server does that still deletes one of the name."""

    refusals = 0
    err_code = 10049

    async def add_stream(self, config: StreamConfig | None = None, **params: Any) -> StreamInfo:
        if self.refusals:
            self.refusals -= 1
            raise ServerError(code=500, err_code=self.err_code, description="no store")
        return await super().add_stream(config, **params)


def make_again(server: NatsServer, *, refusals: int, err_code: int = 10049) -> None:
    async def make(nc: Client) -> None:
        jetstream = Deleting(nc)
        jetstream.refusals, jetstream.err_code = refusals, err_code
        await add_stream(jetstream, TEAS.config())

    on_nats(server, make)


def test_a_name_that_is_free_a_moment_later_is_taken(nats_server: NatsServer) -> None:
    forget(nats_server)
    make_again(nats_server, refusals=2)
    assert reported_stream(nats_server).config.subjects == [*TEAS.subjects]


@pytest.mark.parametrize(("refusals", "err_code"), [(5, 10049), (1, 10047)])
def test_a_stream_that_stays_refused_is_an_error(
    nats_server: NatsServer, refusals: int, err_code: int
) -> None:
    with pytest.raises(ServerError, match="no store"):
        make_again(nats_server, refusals=refusals, err_code=err_code)
