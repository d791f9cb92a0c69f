"""A `.creds` file, sent to a real server that knows only its operator."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.brokers.nats_credentials import read
from apps.messaging.brokers.nats_for_workers import connected, idle
from apps.messaging.worker.lifecycle import Worker
from tests.messaging.brokers.test_nats_tls import refusal
from tests.support.nats_operator import Operator
from tests.support.nats_server import NatsServer
from tests.support.running import running

OPERATOR = Operator()


@pytest.fixture
def server(tmp_path: Path, settings: Settings) -> Iterator[NatsServer]:
    server = NatsServer(folder=tmp_path, config=OPERATOR.config, has_jetstream=False)
    server.start()
    settings.NATS_URL = server.url
    yield server
    server.stop()


@pytest.fixture
def creds(tmp_path: Path, settings: Settings) -> Path:
    path = tmp_path / "web.creds"
    path.write_text(OPERATOR.creds)
    settings.NATS_SECURITY = settings.NATS_SECURITY | {"creds": str(path)}
    return path


async def connect_and_idle(worker: Worker) -> None:
    async with connected(worker) as nc:
        worker.ready()
        await idle(nc, worker)


def test_the_server_accepts_a_user_signed_by_its_operators_account(
    server: NatsServer, creds: Path
) -> None:
    with running(connect_and_idle) as worker:
        assert worker.is_ready


def test_the_server_rejects_a_user_of_another_operator(server: NatsServer, creds: Path) -> None:
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
