"""The demo's folder and ports: one demo at a time, and only its own files."""

import os
import socket
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from apps.demo.chaos.shop import RunningShop
from apps.demo.errors import FolderInUse, NoDemo, NotOurFolder, PortTaken
from apps.demo.folder import check_in_use, claimed, keep_secret_key, wipe
from apps.demo.supervisor.ports import check_free, is_served
from tests.support.ports import free_port


def test_a_second_demo_on_one_folder_is_an_error(tmp_path: Path) -> None:
    with claimed(tmp_path), pytest.raises(FolderInUse, match="DEMO_DIR"), claimed(tmp_path):
        pass


def test_the_folder_is_unlocked_afterwards(tmp_path: Path) -> None:
    with claimed(tmp_path):
        pass
    with claimed(tmp_path):
        pass


def test_the_lock_holds_the_demos_pid(tmp_path: Path) -> None:
    """The line that README gives; `claimed` leaves only the last one's pid."""
    for _ in range(2):
        with claimed(tmp_path):
            assert (tmp_path / "demo.lock").read_text() == f"{os.getpid()}\n"


def test_a_folder_shows_whether_a_demo_runs(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with pytest.raises(NoDemo, match="make demo"):
        check_in_use(folder)
    with claimed(folder):
        check_in_use(folder)
    with pytest.raises(NoDemo):
        check_in_use(folder)


def test_the_error_names_an_impossible_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotOurFolder, match=r"^DEMO_DIR=.*/file cannot be used"):
        claimed(tmp_path / "file").__enter__()


def test_the_secret_key_is_stored_for_other_processes(tmp_path: Path, settings: Settings) -> None:
    settings.SECRET_KEY = "first"
    keep_secret_key(tmp_path)
    settings.SECRET_KEY = "second"
    (tmp_path / "secret_key").chmod(0o644)  # As older demos made it.
    keep_secret_key(tmp_path)
    assert (tmp_path / "secret_key").read_text() == "first"
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_missing_folder_is_not_wiped(tmp_path: Path) -> None:
    wipe(tmp_path / "demo")
    assert list(tmp_path.iterdir()) == []


def test_wiping_deletes_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with claimed(folder):
        (folder / "db.sqlite3").write_text("orders")
    wipe(folder)
    assert not folder.exists()


def test_wiping_keeps_other_files(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with claimed(tmp_path):
        (tmp_path / "pictures").mkdir()
        (tmp_path / "db.sqlite3-wal").touch()
    wipe(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_wiping_twice_finds_nothing_left(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with claimed(folder):
        for name in ("load.lock", ".demo.ports.unfinished", ".staff_password.unfinished"):
            (folder / name).touch()
    wipe(folder)
    assert not folder.exists()


@pytest.mark.parametrize(
    "written", [["secret_key"], ["secret_key", "db.sqlite3"], [".secret_key.unfinished"], []]
)
def test_a_folder_that_only_migrate_has_filled_is_wiped(tmp_path: Path, written: list[str]) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    for name in written:
        (folder / name).touch()
    wipe(folder)
    assert not folder.exists()


def test_the_folder_of_a_running_demo_is_not_wiped(tmp_path: Path) -> None:
    with claimed(tmp_path), pytest.raises(FolderInUse):
        wipe(tmp_path)


def test_a_folder_without_a_demo_is_not_wiped(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("ten years")
    (tmp_path / "secret_key").write_text("made by the settings")
    with pytest.raises(NotOurFolder, match="DEMO_DIR"):
        wipe(tmp_path)
    assert (tmp_path / "thesis.tex").exists()


@pytest.mark.parametrize("theirs", ["pictures", "mail", "beats.mp3"])
def test_a_folder_with_files_of_others_is_an_error(tmp_path: Path, theirs: str) -> None:
    (tmp_path / theirs).mkdir()
    with pytest.raises(
        NotOurFolder, match=f"{theirs}, which no demo has written: name another folder"
    ):
        claimed(tmp_path).__enter__()
    assert [path.name for path in tmp_path.iterdir()] == [theirs]


def test_the_chaos_test_may_write_first(tmp_path: Path) -> None:
    RunningShop(tmp_path / "chaos")
    (tmp_path / "chaos" / "demo.log").touch()
    (tmp_path / "chaos" / "jetstream").mkdir()
    with claimed(tmp_path / "chaos"):
        pass


def test_the_error_names_port_and_variable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"{port} is taken .* NATS_PORT"):
            check_free({"PORT": free_port(), "NATS_PORT": port})


def test_one_port_for_two_servers_is_an_error() -> None:
    port = free_port()
    with pytest.raises(PortTaken, match="AWS_PORT"):
        check_free({"PORT": port, "AWS_PORT": port})


def test_a_checked_port_stays_free() -> None:
    port = free_port()
    check_free({"PORT": port})
    assert not is_served([port])
    check_free({"PORT": port})


def test_a_port_is_served_when_something_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert is_served([server.getsockname()[1]])
