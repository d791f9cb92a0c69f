"""The shop's stream and an SQS server, for a visitor who is the consumer."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from apps.lab.consumer import workbenches
from apps.lab.models import Workbench
from apps.messaging.operations.provisioning import provision_jetstream
from apps.orders.events import ORDERS
from tests.messaging.support.brokers import on_nats
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer


@pytest.fixture
def no_sweeper(monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread, which would outlive the test; what it calls is tested by itself."""
    monkeypatch.setattr(workbenches.SWEEPER, "begin", lambda: None)


@pytest.fixture
def brokers(
    nats_server: NatsServer, sqs_server: MotoServer, settings: Settings, no_sweeper: None
) -> NatsServer:
    settings.LAB_NATS_URL = nats_server.url
    on_nats(nats_server, partial(provision_jetstream, streams=[ORDERS], consumers=[]))
    return nats_server


@pytest.fixture
def bench(brokers: NatsServer) -> Workbench:
    return workbenches.open_for(uuid.uuid4())


@pytest.fixture
def placed(brokers: NatsServer) -> Callable[[str], None]:
    """Publishes an event of this subject, as a foreign client does."""

    def publish(subject: str = "orders.placed") -> None:
        async def send(nc: Any) -> None:
            headers = {"ce-id": "1", "traceparent": "00-" + 32 * "a" + "-" + 16 * "b" + "-01"}
            await nc.jetstream().publish(subject, b'{"sku": "ABC"}', headers=headers)

        on_nats(brokers, send)

    return publish
