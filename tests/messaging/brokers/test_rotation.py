"""A worker whose NATS user changes while it runs, as docs/rotation.md describes."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import nats
import nats.errors
import pytest
from nats.aio.msg import Msg
from pytest_django.fixtures import Settings

from apps.messaging.brokers import denied_subscriptions
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


def permitting(subject: str) -> str:
    tea = f'{{user: tea, password: "leaf", permissions: {{subscribe: "{subject}"}}}}'
    return f'authorization {{ users: [{tea}, {{user: admin, password: "admin"}}] }}'


async def respond_and_idle(worker: Worker) -> None:
    async with connected(worker) as nc:
        await nc.subscribe("tea.price", cb=_respond)
        await nc.flush()
        worker.ready()
        await idle(nc, worker)


async def _respond(message: Msg) -> None:
    await message.respond(b"3.50")


def answer_of(server: NatsServer) -> bytes | None:
    async def ask() -> bytes | None:
        nc = await nats.connect(server.url, user="admin", password="admin")
        try:
            return (await nc.request("tea.price", timeout=60)).data
        except nats.errors.NoRespondersError:
            return None
        finally:
            await nc.close()

    return asyncio.run(ask())


def test_a_listener_hears_again_when_its_right_is_given_back(
    guarded: NatsServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its connection stays open meanwhile, and the server has ended its subscription."""

    def refusals() -> int:
        return caplog.messages.count("rejected by nats")

    monkeypatch.setattr(denied_subscriptions, "AGAIN_SECONDS", 0.1)
    with running(respond_and_idle):
        assert answer_of(guarded) == b"3.50"
        guarded.reload(permitting("milk.>"))
        eventually(lambda: refusals() > 1, what="it is refused again")
        assert answer_of(guarded) is None
        guarded.reload(permitting("tea.>"))
        eventually(lambda: answer_of(guarded) == b"3.50")
        assert "nats disconnected" not in caplog.messages
