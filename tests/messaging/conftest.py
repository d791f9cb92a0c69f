"""Fixtures of several folders: the stream of teas on a real server, and a consumer of it."""

from collections.abc import Iterator

import pytest

from apps.messaging.events.streams import Consumer
from tests.messaging.support.brokers import forget, provision
from tests.messaging.support.events import TeaBrewed, make_consumer
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
def consumer(durable: Consumer, teas_stream: NatsServer) -> Consumer:
    """Return the consumer, whose stream and durable are on the server."""
    return durable
