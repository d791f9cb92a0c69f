"""A worker whose NATS user changes while it runs, as operations.md describes rotation."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.brokers.nats_for_workers import connected, idle
from apps.messaging.worker.lifecycle import Worker
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually


def users(*names_and_passwords: str) -> str:
    pairs = [each.split(":") for each in names_and_passwords]
    entries = [f'{{user: {name}, password: "{password}"}}' for name, password in pairs]
    return f"authorization {{ users: [{', '.join(entries)}] }}"


async def connect_and_idle(worker: Worker) -> None:
    async with connected(worker) as nc:
        worker.ready()
        await idle(nc, worker)


@pytest.fixture
def guarded(tmp_path: Path, settings: Settings) -> Iterator[NatsServer]:
    server = NatsServer(folder=tmp_path, config=users("tea:leaf", "admin:admin"))
    server.start()
    settings.NATS_URL = server.url.replace("//", "//tea:leaf@")
    yield server
    server.stop()


def test_a_changed_password_ends_the_worker_and_its_successor_connects(
    guarded: NatsServer, settings: Settings
) -> None:
    with running(connect_and_idle) as worker:
        guarded.reload(users("tea:leaves", "admin:admin"))
        eventually(lambda: worker.failure, within=5)
    settings.NATS_URL = guarded.url.replace("//", "//tea:leaves@")
    with running(connect_and_idle) as worker:
        assert worker.is_ready


def test_a_removed_user_keeps_the_worker_waiting_until_it_is_back(guarded: NatsServer) -> None:
    with running(connect_and_idle) as worker:
        guarded.reload(users("admin:admin"))
        eventually(lambda: not worker.is_ready, within=5)
        guarded.reload(users("tea:leaf", "admin:admin"))
        eventually(lambda: worker.is_ready, within=10)
        assert worker.failure is None
