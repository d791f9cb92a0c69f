"""A `.creds` file and the seed of an nkey, sent to real servers that know only public keys."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from nats.aio.client import Client
from pytest_django.fixtures import Settings

from apps.messaging.brokers.nats_credentials import read, read_nkey, sign_by_nkey
from apps.messaging.brokers.nats_for_workers import connected, idle
from apps.messaging.worker.lifecycle import Worker
from tests.messaging.brokers.test_nats_access import refusal
from tests.support.nats_operator import ACCOUNT, USER, Key, Operator
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

OPERATOR = Operator()
OURS, ANOTHER = Key(USER), Key(USER)


def knowing(key: Key) -> str:
    """Return a server's configuration with one user."""
    return f"authorization {{ users = [ {{ nkey: {key.public} }} ] }}\n"


@contextmanager
def started(folder: Path, settings: Settings, *, config: str) -> Iterator[NatsServer]:
    server = NatsServer(folder=folder, config=config, has_jetstream=False)
    server.start()
    settings.NATS_URL = server.url
    yield server
    server.stop()


@pytest.fixture
def operators_server(tmp_path: Path, settings: Settings) -> Iterator[NatsServer]:
    with started(tmp_path, settings, config=OPERATOR.config) as server:
        yield server


@pytest.fixture
def keys_server(tmp_path: Path, settings: Settings) -> Iterator[NatsServer]:
    with started(tmp_path, settings, config=knowing(OURS)) as server:
        yield server


@pytest.fixture
def creds(tmp_path: Path, settings: Settings) -> Path:
    path = tmp_path / "web.creds"
    path.write_text(OPERATOR.creds)
    settings.NATS_SECURITY = settings.NATS_SECURITY | {"creds": str(path)}
    return path


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


def test_the_server_accepts_a_user_signed_by_its_operators_account(
    operators_server: NatsServer, creds: Path
) -> None:
    with running(Idler().idling) as worker:
        assert worker.is_ready


def test_the_server_rejects_a_user_of_another_operator(
    operators_server: NatsServer, creds: Path
) -> None:
    creds.write_text(Operator().creds)
    assert "Authorization Violation" in refusal()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("\nSU", "\nSUX"),
        lambda text: text.replace("\nSU", "\nSA"),
        lambda text: text.replace("\nSU", "\nS1"),
    ],
)
def test_an_invalid_credentials_file_is_named_in_the_error(
    tmp_path: Path, spoil: Callable[[str], str]
) -> None:
    path = tmp_path / "web.creds"
    path.write_text(spoil(OPERATOR.creds))
    with pytest.raises(ValueError, match=r"web\.creds"):
        read(str(path))


def test_the_server_accepts_the_owner_of_the_seed(keys_server: NatsServer, seed: Path) -> None:
    with running(Idler().idling) as worker:
        assert worker.is_ready


def test_the_server_rejects_another_seed(keys_server: NatsServer, seed: Path) -> None:
    seed.write_text(ANOTHER.seed)
    assert "Authorization Violation" in refusal()


def test_the_server_rejects_a_client_without_a_seed(keys_server: NatsServer) -> None:
    assert "Authorization Violation" in refusal()


def test_the_next_connection_uses_a_renewed_seed(keys_server: NatsServer, seed: Path) -> None:
    idler = Idler()
    with running(idler.idling):
        seed.write_text(ANOTHER.seed)
        keys_server.stop()
        keys_server.config = knowing(ANOTHER)
        keys_server.start()
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
        (lambda: OURS.seed[:9] + "1" + OURS.seed[10:], "base32"),
        (lambda: Operator().creds, "NATS_CREDS_FILE is for"),
    ],
    ids=["empty", "public", "account", "cut", "one short", "digit", "creds"],
)
def test_an_invalid_seed_is_named_in_the_error(
    tmp_path: Path, content: Callable[[], str], reason: str
) -> None:
    path = tmp_path / "web.nk"
    path.write_text(content())
    with pytest.raises(ValueError, match=rf"web\.nk.*({reason})") as raised:
        read_nkey(str(path))
    assert OURS.seed[4:20] not in str(raised.value)
