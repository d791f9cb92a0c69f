"""The control channel: who may use it, and what a client cannot do to the supervisor."""

import os
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from apps.demo.supervisor import control
from tests.demo.supervisor.by_hand import Bench, bench_with, stays

NO_ONE = 65534
"""The user without any files."""
LOOK = b'{"act": "look"}\n'


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with bench_with(tmp_path / "socket", stays()) as bench:
        bench.becomes("running")
        yield bench


def test_only_its_owner_may_use_it_and_it_goes_with_the_demo(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with bench_with(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.stat().st_uid == os.geteuid()
    assert not path.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_cannot_connect(bench: Bench, tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents):
        if folder.is_relative_to("/tmp") and folder != Path("/tmp"):
            folder.chmod(0o755)
    with socket.socket(socket.AF_UNIX) as client:
        os.seteuid(NO_ONE)
        try:
            with pytest.raises(PermissionError):
                client.connect(str(bench.path))
        finally:
            os.seteuid(0)


def test_what_a_dead_demo_left_behind_is_replaced(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "socket"))
    with bench_with(tmp_path / "socket", stays()) as bench:
        assert bench.send(LOOK)["error"] == ""


def test_a_path_that_cannot_be_a_socket_is_named_and_the_rest_runs(tmp_path: Path) -> None:
    (tmp_path / "socket").write_text("somebody's")
    with bench_with(tmp_path / "socket", stays()) as bench:
        bench.becomes("running")
        assert bench.log.said("no workers by hand: .*/socket cannot be a socket")
    assert (tmp_path / "socket").read_text() == "somebody's"


@pytest.mark.parametrize("line", [b"\n", b"{}\n", b"[1]\n", b"\xff\n", b'{"act": 7}\n'])
def test_a_line_that_is_no_request_is_answered(bench: Bench, line: bytes) -> None:
    answer = bench.send(line)
    assert answer["error"].startswith("not a WorkerRequest: ")
    assert [each["state"] for each in answer["workers"]] == ["running"]


def test_an_unknown_act_is_answered_by_those_that_are_known(bench: Bench) -> None:
    assert bench.send(b'{"act": "explode"}\n')["error"] == (
        "There is no act 'explode': "
        "start, stop, pause, continue, kill, scale, restore, look are known."
    )


def test_too_long_a_request_is_dropped(bench: Bench) -> None:
    assert bench.send(b" " * (control.LONGEST_REQUEST + 1)) == {}
    assert bench.send(LOOK)["workers"]


def test_a_silent_client_does_not_hold_up_the_others(bench: Bench) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(str(bench.path))
        assert bench.send(LOOK)["workers"]


def test_many_silent_clients_are_dropped(bench: Bench) -> None:
    silent = [socket.socket(socket.AF_UNIX) for _ in range(control.MOST_CLIENTS + 4)]
    gone = threading.Event()

    def connect_all() -> None:
        for each in silent:
            each.connect(str(bench.path))
        gone.set()

    threading.Thread(target=connect_all).start()
    bench.until(gone.is_set)
    assert bench.send(LOOK)["workers"]
    for each in silent:
        each.close()


def test_a_client_that_does_not_wait_for_its_answer_harms_nothing(bench: Bench) -> None:
    with socket.socket(socket.AF_UNIX) as hasty:
        hasty.connect(str(bench.path))
        hasty.sendall(b'{"act": "look"}\n')
    assert bench.send(LOOK)["workers"]


def test_a_worker_does_not_inherit_the_channel(bench: Bench) -> None:
    for pid in bench.pids():
        assert not [each for each in opened_by(pid) if each.startswith("socket:")]


def opened_by(pid: int) -> Iterator[str]:
    """Yield what the files of a process lead to, without those that it closes meanwhile."""
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            yield str(file.readlink())
