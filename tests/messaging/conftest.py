"""Fixtures of several folders: the stream of teas on a real server, and a consumer of it."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.events.streams import (
    ADVISORIES,
    Consumer,
    declared_consumers,
    declared_streams,
)
from apps.messaging.operations.provisioning import provision_jetstream
from tests.messaging.support.brokers import forget, on_nats, provision
from tests.messaging.support.events import TeaBrewed, declare_teas, make_consumer
from tests.support.nats_server import NatsServer


@pytest.fixture
def received() -> list[TeaBrewed]:
    """Return the list to which the consumer adds each event that it handles."""
    return []


@pytest.fixture
def durable(received: list[TeaBrewed]) -> Consumer:
    """Return the consumer with which `teas_stream` is provisioned; a file may have its own."""
    return make_consumer(received.append)


@pytest.fixture
def teas_stream(nats_server: NatsServer, durable: Consumer) -> Iterator[NatsServer]:
    """Yield the server with the stream and its durable; a test may stop or configure the server."""
    provision(nats_server, durable)
    yield nats_server
    if nats_server.config:
        nats_server.stop()
        nats_server.config = ""
    nats_server.start()
    forget(nats_server)


@pytest.fixture
def all_provisioned(
    teas_stream: NatsServer, declaration: str, settings: Settings
) -> Iterator[None]:
    """Let only `TEAS` and the consumer of this dotted name be declared, and be at the server."""
    declare_teas(settings, consumer=declaration)
    on_nats(
        teas_stream,
        lambda nc: provision_jetstream(
            nc, streams=declared_streams(), consumers=declared_consumers()
        ),
    )
    yield
    forget(teas_stream, ADVISORIES)


@pytest.fixture
def consumer(durable: Consumer, teas_stream: NatsServer) -> Consumer:
    """Return the consumer, whose stream and durable are on the server."""
    return durable
