"""The shop's own nats-server, and this process as any of the services that use it."""

from collections.abc import Iterator
from functools import partial

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.brokers import nats_for_threads
from apps.messaging.events.streams import declared_consumers, declared_streams
from apps.messaging.operations.provisioning import provision_jetstream
from tests.deploy.nats_rights import publish
from tests.deploy.nats_users import inbox_of, on_nats_as, shop_nats, url_of
from tests.support.nats_server import NatsServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """The shop's server, provisioned by the user who may, with one event in its stream."""
    with shop_nats(tmp_path_factory.mktemp("nats")) as server:
        provision = partial(
            provision_jetstream, streams=declared_streams(), consumers=declared_consumers()
        )
        assert on_nats_as(server, "provision", provision) == (None, [])
        assert on_nats_as(server, "developer", publish("orders.placed")) == (None, [])
        yield server


class Be:
    """Makes this process the named service, as its environment does in a container."""

    def __init__(self, server: NatsServer, settings: Settings) -> None:
        self._server = server
        self._settings = settings

    def __call__(self, user: str) -> None:
        nats_for_threads.close()
        self._settings.NATS_URL = url_of(self._server, user)
        self._settings.NATS_INBOX_PREFIX = inbox_of(user)


@pytest.fixture
def be(server: NatsServer, settings: Settings) -> Iterator[Be]:
    yield Be(server, settings)
    nats_for_threads.close()
