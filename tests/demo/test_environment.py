"""The lines that `eval "$(make -s env)"` reads, for the demo and for compose."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from apps.demo.environment import exports
from tests.deploy.nats_users import shop_nats
from tests.ports import free_port
from tests.servers import NatsServer


def exported(name: str) -> str:
    values = dict(line.removeprefix("export ").split("=", 1) for line in exports().splitlines())
    return values[name]


def test_a_server_without_users_is_given_as_it_is(
    nats_server: NatsServer, settings: Settings
) -> None:
    settings.NATS_PORT = nats_server.port
    assert exported("NATS_URL") == nats_server.url


def test_where_nothing_runs_yet_the_address_is_given_all_the_same(settings: Settings) -> None:
    settings.NATS_PORT = free_port()
    assert exported("NATS_URL") == settings.NATS_URL


def test_a_server_with_users_lets_a_person_in_as_developer(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NATS_PASSWORD_DEVELOPER", "p@ss")
    with shop_nats(tmp_path) as server:
        settings.NATS_PORT = server.port
        assert exported("NATS_URL") == f"nats://developer:p%40ss@127.0.0.1:{server.port}"


def test_the_shops_own_address_is_given(settings: Settings) -> None:
    settings.PORT, settings.NATS_PORT = 8123, free_port()
    assert exported("SHOP_URL") == "http://127.0.0.1:8123"


def test_q_is_the_queue_of_the_jobs(settings: Settings) -> None:
    settings.AWS_ENDPOINT_URL = "http://127.0.0.1:4566"
    settings.NATS_PORT = free_port()
    assert exported("Q") == "http://127.0.0.1:4566/123456789012/jobs"
