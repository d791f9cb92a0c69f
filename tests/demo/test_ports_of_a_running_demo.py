"""A command of another terminal uses the ports of the demo on its folder, whatever they are."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from apps.demo import ports
from apps.demo.errors import OtherPorts
from apps.demo.folder import claimed
from tests.support.ports import free_port
from tests.support.python import run_python
from tests.support.shell import forget_the_shell


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A folder on which a demo runs with ports of its own."""
    settings.PORT, settings.NATS_PORT, settings.AWS_PORT = (free_port() for _ in range(3))
    with claimed(tmp_path):
        ports.keep(tmp_path)
        yield tmp_path


def env_of(folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Type `make -s env` in a new terminal."""
    inherited = dict(os.environ)
    forget_the_shell(inherited)
    where = {"DEMO": "true", "DEMO_DIR": str(folder)}
    return run_python("manage.py", "demo", "--env", env=inherited | where | variables)


def test_a_new_terminal_needs_no_ports(folder: Path, settings: Settings) -> None:
    """It printed the usual ports, where another shop may answer."""
    printed = env_of(folder).stdout
    assert f"SHOP_URL=http://127.0.0.1:{settings.PORT}\n" in printed
    assert f"NATS_URL=nats://127.0.0.1:{settings.NATS_PORT}\n" in printed
    assert f"AWS_ENDPOINT_URL=http://127.0.0.1:{settings.AWS_PORT}\n" in printed


def test_the_same_ports_may_be_named(folder: Path, settings: Settings) -> None:
    assert f":{settings.AWS_PORT}\n" in env_of(folder, PORT=str(settings.PORT)).stdout


def test_another_port_is_an_error(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    used, settings.NATS_PORT = settings.NATS_PORT, 4222
    monkeypatch.setenv("NATS_PORT", "4222")
    with pytest.raises(OtherPorts, match=f"has NATS_PORT={used}: unset NATS_PORT, or set DEMO_DIR"):
        ports.use_those_of_the_running_demo(folder)


def test_a_folder_without_a_running_demo_changes_nothing(
    tmp_path: Path, settings: Settings
) -> None:
    ports.keep(tmp_path)
    settings.PORT = free_port()
    ports.use_those_of_the_running_demo(tmp_path)


def test_a_demo_that_has_not_written_its_ports_changes_nothing(
    folder: Path, settings: Settings
) -> None:
    (folder / ports.FILE).write_text("")
    settings.PORT = free_port()
    ports.use_those_of_the_running_demo(folder)
