"""The seed of an nkey, with a real server that knows only the public key."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from nats.aio.client import Client
from pytest_django.fixtures import Settings

from apps.messaging.brokers.nats_credentials import read_nkey, sign_by_nkey
from apps.messaging.brokers.nats_for_workers import connected, idle
from apps.messaging.worker.lifecycle import Worker
from tests.messaging.brokers.test_nats_tls import refusal
from tests.support.nats_operator import ACCOUNT, USER, Key, Operator
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

OURS, ANOTHER = Key(USER), Key(USER)


def knowing(key: Key) -> str:
    """Return a server's configuration with one user."""
    return f"authorization {{ users = [ {{ nkey: {key.public} }} ] }}\n"


@pytest.fixture
def server(tmp_path: Path, settings: Settings) -> Iterator[NatsServer]:
    server = NatsServer(folder=tmp_path, config=knowing(OURS), has_jetstream=False)
    server.start()
    settings.NATS_URL = server.url
    yield server
    server.stop()


@pytest.fixture
def seed(tmp_path: Path, settings: Settings) -> Path:
    path = tmp_path / "web.nk"
    path.write_text(f"{OURS.seed}\n")
    settings.NATS_SECURITY = settings.NATS_SECURITY | {"nkey": str(path)}
    return path


class Idler:
    """A worker's loop that does nothing but stay connected."""

    client: Client

    async def idling(self, worker: Worker) -> None:
        async with connected(worker) as self.client:
            worker.ready()
            await idle(self.client, worker)

    def has_reconnected(self) -> bool:
        return self.client.is_connected and self.client.stats["reconnects"] > 0


def test_the_server_accepts_the_owner_of_the_seed(server: NatsServer, seed: Path) -> None:
    with running(Idler().idling) as worker:
        assert worker.is_ready


def test_the_server_rejects_another_seed(server: NatsServer, seed: Path) -> None:
    seed.write_text(ANOTHER.seed)
    assert "Authorization Violation" in refusal()


def test_the_server_rejects_a_client_without_a_seed(server: NatsServer) -> None:
    assert "Authorization Violation" in refusal()


def test_the_next_connection_uses_a_renewed_seed(server: NatsServer, seed: Path) -> None:
    idler = Idler()
    with running(idler.idling):
        seed.write_text(ANOTHER.seed)
        server.stop()
        server.config = knowing(ANOTHER)
        server.start()
        eventually(idler.has_reconnected, within=5)


def test_a_seed_may_stand_between_the_lines_of_a_key_file(tmp_path: Path) -> None:
    path = tmp_path / "web.nk"
    path.write_text(
        f"-----BEGIN USER NKEY SEED-----\n{OURS.seed}\n------END USER NKEY SEED------\n\n"
    )
    assert sign_by_nkey("nonce", str(path))[0] == OURS.public


def test_the_public_key_may_follow_the_seed(tmp_path: Path) -> None:
    """As `nk -gen user -pubout` prints both."""
    path = tmp_path / "web.nk"
    path.write_text(f"{OURS.seed}\n{OURS.public}\n")
    assert sign_by_nkey("nonce", str(path))[0] == OURS.public


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (lambda: "", "not that of a user"),
        (lambda: OURS.public, "not that of a user"),
        (lambda: Key(ACCOUNT).seed, "not that of a user"),
        (lambda: OURS.seed[:-8], "not whole"),
        (lambda: OURS.seed[:-1], "base32|not whole"),
        (lambda: OURS.seed.replace(OURS.seed[9], "1"), "base32"),
        (lambda: Operator().creds, "NATS_CREDS_FILE is for"),
    ],
    ids=["empty", "public", "account", "cut", "one short", "digit", "creds"],
)
def test_an_invalid_seed_is_named_in_the_error(
    tmp_path: Path, content: Callable[[], str], reason: str
) -> None:
    path = tmp_path / "web.nk"
    path.write_text(content())
    with pytest.raises(ValueError, match=rf"web\.nk.*({reason})") as refused:
        read_nkey(str(path))
    assert OURS.seed[4:20] not in str(refused.value)
