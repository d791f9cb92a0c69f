"""The whole shop behind the web, on real servers, with processes that can be killed."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

import pytest
from nats.aio.client import Client
from pytest_django import DjangoDbBlocker

from apps.messaging import hooks
from apps.messaging.events import streams
from apps.messaging.events.streams import declared_consumers, declared_streams
from apps.messaging.jobs import job_queue
from apps.messaging.operations.provisioning import provision_jetstream
from tests.failures.processes import ForkServer, fork_server_of
from tests.failures.proxy import Proxy, proxy_to
from tests.messaging.support.brokers import on_nats
from tests.support.celery_on_sqs import celery_on_sqs
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer
from tests.support.processes import database_url

ACK_WAIT = timedelta(seconds=1)
"""Redelivery time of messages that a killed worker had in flight; ten seconds in production."""


@pytest.fixture(autouse=True)
def nothing_plugged_in() -> Iterator[None]:
    yield
    hooks.detach()


@pytest.fixture
def orders_stream(nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[NatsServer]:
    """The nats-server with all streams and durables of the shop, empty."""
    with monkeypatch.context() as shortened:
        shortened.setattr(streams, "ACK_WAIT", ACK_WAIT)
        provision(nats_server)
    yield nats_server
    nats_server.start()
    on_nats(nats_server, forget_all)


@pytest.fixture
def queues(sqs_server: MotoServer) -> Iterator[MotoServer]:
    """The SQS server with the shop's queues, which this process's Celery sends to as well."""
    for queue in job_queue.declared_queues():
        job_queue.provision(queue)
    with celery_on_sqs():
        yield sqs_server


@pytest.fixture(scope="session")
def way_to_postgresql(postgresql_port: int | None) -> Iterator[Proxy | None]:
    """The URL by which the processes reach PostgreSQL; the test uses its own connection."""
    if postgresql_port is None:
        yield None
        return
    with proxy_to(postgresql_port) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def _fork_server(
    tmp_path_factory: pytest.TempPathFactory,
    way_to_postgresql: Proxy | None,
    _nats_server: NatsServer,
    _sqs_server: MotoServer,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[ForkServer]:
    folder = tmp_path_factory.mktemp("fork_server")
    url = database_url()
    if way_to_postgresql:
        url = re.sub(r":\d+/", f":{way_to_postgresql.port}/", url)
    with (
        django_db_blocker.unblock(),
        fork_server_of(
            folder,
            DATABASE_URL=url,
            NATS_URL=_nats_server.url,
            AWS_ENDPOINT_URL=_sqs_server.url,
            SQS_WAIT_SECONDS="1",
            SQS_VISIBILITY_TIMEOUT="2",
            EMAIL_URL=f"filemail:///{quote(str(folder / 'mail'))}",
            LOG_LEVEL="INFO",
        ) as fork_server,
    ):
        yield fork_server


@pytest.fixture
def fork_server(_fork_server: ForkServer) -> Iterator[ForkServer]:
    yield _fork_server
    _fork_server.show_logs()  # Pytest prints them if the test failed.
    _fork_server.kill_all()


async def forget_all(nc: Client) -> None:
    for stream in declared_streams():
        await nc.jetstream().delete_stream(stream.name)


def provision(server: NatsServer) -> None:
    """Make the shop's streams and durables, as `manage.py provision` does."""
    on_nats(
        server,
        lambda nc: provision_jetstream(
            nc, streams=declared_streams(), consumers=declared_consumers()
        ),
    )
