"""The connection of a worker, on a real nats-server that is killed and started again."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import nats.errors
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from pytest_django.fixtures import Settings

from apps.messaging.brokers import nats_for_workers
from apps.messaging.brokers.nats_for_workers import connected, idle, take_no_more
from apps.messaging.worker.lifecycle import Worker
from tests.messaging.support.brokers import on_nats
from tests.support.nats_server import NatsServer
from tests.support.ports import free_port
from tests.support.running import running
from tests.support.waiting import at_most, eventually

ANSWER_TAKES = 0.2


@dataclass
class Idler:
    """A worker that only connects, so that the test can watch its connection."""

    clients: list[Client] = field(default_factory=list)
    reconnects: list[float] = field(default_factory=list)

    async def loop(self, worker: Worker) -> None:
        async with connected(worker, on_reconnect=self._note_reconnect) as nc:
            self.clients.append(nc)
            worker.ready()
            await idle(nc, worker)

    def _note_reconnect(self) -> None:
        self.reconnects.append(time.monotonic())


@pytest.fixture
def idler() -> Idler:
    return Idler()


@pytest.fixture
def strict_server(tmp_path: Path, settings: Settings) -> Iterator[NatsServer]:
    """A server whose only user may publish on `allowed` and nowhere else."""
    permissions = 'permissions: {publish: "allowed", subscribe: ">"}'
    user = f"{{user: tea, password: leaf, {permissions}}}"
    server = NatsServer(folder=tmp_path, config=f"authorization {{ users: [{user}] }}")
    server.start()
    settings.NATS_URL = server.url.replace("//", "//tea:leaf@")
    yield server
    server.stop()


@pytest.mark.parametrize("password", ["p@ss/w:rd", "50% off", "plain", "über#?"])
def test_a_password_may_contain_any_character(
    tmp_path: Path, settings: Settings, idler: Idler, password: str
) -> None:
    users = f"authorization {{ users: [{{user: 'a b', password: '{password}'}}] }}"
    server = NatsServer(folder=tmp_path, config=users)
    server.start()
    user = f"{quote('a b')}:{quote(password, safe='')}"
    settings.NATS_URL = f"nats://{user}@127.0.0.1:{free_port()},{server.url}"
    with running(idler.loop):
        pass
    server.stop()


def test_a_user_alone_is_a_token(tmp_path: Path, settings: Settings, idler: Idler) -> None:
    server = NatsServer(folder=tmp_path, config="authorization { token: 't@ken' }")
    server.start()
    settings.NATS_URL = server.url.replace("//", "//t%40ken@")
    with running(idler.loop):
        pass
    server.stop()


def test_a_worker_waits_for_a_server_that_starts_later(
    nats_server: NatsServer, idler: Idler
) -> None:
    nats_server.kill()
    with running(idler.loop, ready_within=0) as worker:
        nats_server.start()
        eventually(lambda: worker.is_ready, within=5)


def test_a_worker_that_never_connected_stops_at_once(nats_server: NatsServer, idler: Idler) -> None:
    nats_server.kill()
    began = time.monotonic()
    with running(idler.loop, ready_within=0):
        pass
    assert time.monotonic() - began < at_most(1)


def test_a_worker_is_not_ready_while_the_server_is_away(
    nats_server: NatsServer, idler: Idler
) -> None:
    with running(idler.loop) as worker:
        nats_server.kill()
        eventually(lambda: not worker.is_ready, within=2)
        nats_server.start()
        eventually(lambda: worker.is_ready, within=5)
    assert len(idler.reconnects) == 1


def test_a_publish_during_an_outage_fails_and_is_not_buffered(
    nats_server: NatsServer,
) -> None:
    failures: list[BaseException] = []

    async def loop(worker: Worker) -> None:
        async with connected(worker) as nc:
            worker.ready()
            while nc.is_connected:
                await asyncio.sleep(0.01)
            try:
                await nc.publish("tea", b"")
            except nats.errors.OutboundBufferLimitError as error:
                failures.append(error)
            await idle(nc, worker)

    with running(loop):
        nats_server.kill()
        eventually(lambda: failures, within=2)


def test_a_permanently_closed_connection_ends_the_process(nats_server: NatsServer) -> None:
    async def loop(worker: Worker) -> None:
        async with connected(worker) as nc:
            worker.ready()
            await nc._process_err("'broken on purpose'")  # As the server reports a permanent error.
            await idle(nc, worker)

    with running(loop, ready_within=0) as worker:
        eventually(lambda: worker.failure, within=5)


def test_an_unexpected_error_while_reconnecting_ends_the_process(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch, idler: Idler
) -> None:
    """As when uvloop finds a transport closed: nats-py would stay in its reconnecting state."""

    async def fail(*_: object) -> None:
        raise RuntimeError("the handler is closed")

    with running(idler.loop) as worker:
        monkeypatch.setattr(idler.clients[0], "_connect_to_server", fail)
        nats_server.kill()
        eventually(lambda: worker.failure, within=2)


def test_a_permission_violation_is_logged(
    strict_server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def loop(worker: Worker) -> None:
        async with connected(worker) as nc:
            worker.ready()
            await nc.publish("forbidden", b"")
            await idle(nc, worker)

    with running(loop):
        eventually(lambda: [each for each in caplog.records if each.message == "rejected by nats"])


def test_running_callbacks_finish_before_the_connection_closes(nats_server: NatsServer) -> None:
    async def loop(worker: Worker) -> None:
        async def answer_late(msg: Msg) -> None:
            worker.stop()
            await asyncio.sleep(ANSWER_TAKES)
            await msg.respond(b"late")

        async with connected(worker) as nc:
            await nc.subscribe("tea", cb=answer_late)
            await nc.flush()
            worker.ready()
            await idle(nc, worker)

    with running(loop):
        assert on_nats(nats_server, lambda nc: nc.request("tea", timeout=60)).data == b"late"


def test_draining_does_not_wait_for_a_server_that_is_away(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nats_for_workers, "DRAIN_SECONDS", 60)
    took: list[float] = []

    async def loop(worker: Worker) -> None:
        async with connected(worker) as nc:
            subscription = await nc.subscribe("tea", cb=_ignore)
            worker.ready()
            await worker.stopping.wait()
            began = time.monotonic()
            await take_no_more(nc, subscription)
            took.append(time.monotonic() - began)

    with running(loop) as worker:
        nats_server.kill()
        eventually(lambda: not worker.is_ready)
    assert took[0] < 20


async def _ignore(msg: Msg) -> None:
    pass
