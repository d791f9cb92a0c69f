"""The demo's part of `manage.py doctor`: its folder, its ports, the variables of another shop."""

import os
import socket
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from apps.demo import doctor, ports
from apps.demo.folder import claimed, make_ours
from apps.demo.listeners import who_listens
from apps.demo.supervisor import room
from apps.messaging.finding import Finding
from tests.support.nats_server import NatsServer
from tests.support.ports import free_port


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    """Return a folder of its own for a demo on free ports, which does not run."""
    own = tmp_path / "demo"
    settings.DEMO_DIR = own
    settings.DEMO_POINTS_ELSEWHERE = []
    settings.PORT, settings.NATS_PORT, settings.AWS_PORT = (free_port() for _ in range(3))
    return own


def found() -> list[Finding]:
    return [each for check in doctor.checks(of_the_demo=True) for each in check.run()]


def broken() -> list[Finding]:
    return [each for each in found() if each.state == "broken"]


def test_a_machine_on_which_it_would_start_is_well_and_stays_as_it_was(folder: Path) -> None:
    assert broken() == []
    assert not folder.exists()


def test_a_taken_port_is_named_with_its_process(
    nats_server: NatsServer, settings: Settings
) -> None:
    settings.NATS_PORT = nats_server.port
    assert nats_server.process
    (said,) = broken()
    assert said.name == "NATS_PORT"
    who = f"nats-server (process {nats_server.process.pid})"
    assert said.seen == f"port {nats_server.port} is taken by {who}"
    assert said.mend == "stop that, or set NATS_PORT to a free port"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says whose a socket is")
def test_a_listener_by_ipv6_is_found_too() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        assert who_listens(server.getsockname()[1]).endswith(f"(process {os.getpid()})")


def test_a_port_of_which_no_process_is_seen_is_not_blamed_on_one() -> None:
    assert who_listens(free_port()) == "a process of another user, or of Docker"


def test_a_running_demo_has_its_ports(folder: Path) -> None:
    with claimed(folder):
        ports.keep(folder)
        said = {each.name: each for each in found()}
    assert said["demo"].seen.startswith(f"runs on {folder}")
    assert "PORT" not in said


def test_servers_are_asked_only_if_the_demo_runs(folder: Path) -> None:
    assert f"as no demo runs on {folder}" in doctor.servers_are_off(of_the_demo=True)
    with claimed(folder):
        assert doctor.servers_are_off(of_the_demo=True) == ""


def test_servers_of_another_shop_are_never_asked(folder: Path, settings: Settings) -> None:
    settings.DEMO_POINTS_ELSEWHERE = ["DATABASE_URL is postgres://db.example.com/shop"]
    with claimed(folder):
        assert "a variable names a server" in doctor.servers_are_off(of_the_demo=True)
    (said,) = broken()
    assert (said.name, said.mend) == ("DATABASE_URL", "unset it")
    assert said.seen == "is postgres://db.example.com/shop, which is not the demo's own"


def test_a_demo_without_pages_does_not_start(settings: Settings) -> None:
    settings.PAGES = False
    (said,) = broken()
    assert "PAGES=false" in said.seen


def test_other_ports_in_the_shell_are_named(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with claimed(folder):
        ports.keep(folder)
        used, settings.NATS_PORT = settings.NATS_PORT, 4222
        monkeypatch.setenv("NATS_PORT", "4222")
        (said,) = broken()
    assert f"has NATS_PORT={used}: unset NATS_PORT" in said.seen


def test_a_folder_of_a_later_version_is_named(folder: Path) -> None:
    make_ours(folder)
    make_database(folder, ("orders", "0001_initial"), ("orders", "9999_of_tomorrow"))
    (said,) = broken()
    assert said.seen == f"another version has made {folder}, with orders.9999_of_tomorrow"
    assert "make reset" in said.mend


def test_a_folder_of_an_earlier_version_is_well(folder: Path) -> None:
    make_ours(folder)
    make_database(folder, ("orders", "0001_initial"))
    assert broken() == []


def test_a_database_without_tables_is_well(folder: Path) -> None:
    make_ours(folder)
    (folder / "db.sqlite3").touch()
    assert broken() == []


def test_a_folder_with_files_of_others_is_named(folder: Path) -> None:
    folder.mkdir()
    (folder / "db.sqlite3").touch()
    (said,) = broken()
    assert "which no demo has written" in said.seen


def test_a_disk_without_room_for_the_streams_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "bytes_needed", lambda: 1 << 60)
    (said,) = broken()
    assert "MiB free, and the demo needs" in said.seen


def test_a_shop_elsewhere_needs_nothing_of_the_demo() -> None:
    assert doctor.checks(of_the_demo=False) == []
    assert doctor.servers_are_off(of_the_demo=False) == ""


def make_database(folder: Path, *applied: tuple[str, str]) -> None:
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database, database:
        database.execute("CREATE TABLE django_migrations (id INTEGER PRIMARY KEY, app, name)")
        database.executemany("INSERT INTO django_migrations (app, name) VALUES (?, ?)", applied)
