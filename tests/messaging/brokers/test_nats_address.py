"""Parsing of `NATS_URL`: what nats-py gets, and which addresses are rejected."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.brokers.nats_address import NatsAddress, address
from apps.messaging.brokers.nats_for_workers import connected, idle
from apps.messaging.worker.lifecycle import Worker
from tests.support.nats_server import NatsServer
from tests.support.running import running

PASSWORD = "p@ss/w:rd%,#?é"
TOKEN = "to/ken"


def test_the_password_is_unescaped_and_apart_from_the_servers() -> None:
    assert address(f"tls://web:{quote(PASSWORD, safe='')}@nats.example.com") == NatsAddress(
        ["tls://nats.example.com:4222"], user="web", password=PASSWORD
    )


@pytest.mark.parametrize(
    "text",
    [
        "nats://web:pw@one:4222,nats://web:pw@[::1]:4223",
        "nats://web:pw@one, nats://[::1]:4223/",
    ],
)
def test_several_servers_share_one_user(text: str) -> None:
    assert address(text) == (["nats://one:4222", "nats://[::1]:4223"], "web", "pw", None)


def test_a_user_without_a_password_is_a_token() -> None:
    assert address("nats://to%2Fken@one").credentials == {"token": TOKEN}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nats://one,",
        ",nats://one",
        "one:4222",
        "http://one:4222",
        "nats://",
        "nats://web:pw@:4222",
        "nats://one:99999",
        "nats://one:0",
        "nats://one:x",
        "nats://[::1",
        "nats://[what]:4222",
        "nats://on e:4222",
        "nats://web:p/ss@one:4222",
        "nats://web:12/34@one:4222",
        "nats://web:p#ss@one:4222",
        "nats://web:p,ss@one:4222",
        "tls://web:pw@one,nats://web:pw@two",
        "nats://web:pw@one,nats://worker:pw@two",
    ],
)
def test_an_invalid_address_is_rejected(text: str) -> None:
    with pytest.raises(ValueError):
        address(text)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[NatsServer]:
    user = f'authorization {{ users: [{{user: "t@a", password: "{PASSWORD}"}}] }}'
    server = NatsServer(folder=tmp_path, config=user)
    server.start()
    yield server
    server.stop()


async def _connect_and_idle(worker: Worker) -> None:
    async with connected(worker) as nc:
        worker.ready()
        await idle(nc, worker)


def test_user_and_password_of_any_server_may_contain_any_character(
    guarded: NatsServer, settings: Settings
) -> None:
    who = f"{quote('t@a', safe='')}:{quote(PASSWORD, safe='')}"
    settings.NATS_URL = f"nats://{who}@127.0.0.1:9,{guarded.url}"
    with running(_connect_and_idle) as worker:
        assert worker.failure is None


def test_a_token_may_contain_any_character(tmp_path: Path, settings: Settings) -> None:
    server = NatsServer(folder=tmp_path, config=f'authorization {{ token: "{TOKEN}" }}')
    server.start()
    settings.NATS_URL = server.url.replace("//", f"//{quote(TOKEN, safe='')}@")
    with running(_connect_and_idle) as worker:
        assert worker.failure is None
    server.stop()
