"""What the lab asks the supervisor, which is a real one with stand-ins for the workers."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from apps.lab.orders.snapshot import workers
from apps.lab.processes import supervisor
from apps.lab.processes.supervisor import ActNotPossible, SupervisorAway
from tests.demo.processes import is_running
from tests.lab.processes.conftest import Supervised, instances, states
from tests.support.silent import states_of
from tests.support.waiting import eventually


def test_a_stop_is_kept_until_a_start(supervised: Supervised) -> None:
    supervisor.act("stop", "sales_consumer", 1)
    eventually(lambda: states() == {"stopped"}, what="it is stopped")
    supervisor.act("start", "sales_consumer", 1)
    eventually(lambda: states() == {"running"}, what="it runs")


def test_a_press_returns_when_its_effect_is_seen(supervised: Supervised) -> None:
    supervisor.act("pause", "sales_consumer", 1)
    assert states() == {"paused"}
    supervisor.act("continue", "sales_consumer", 1)
    assert states() == {"running"}


def test_a_refusal_says_what_can_be_done(supervised: Supervised) -> None:
    with pytest.raises(ActNotPossible, match="running, so it cannot start: stop or pause"):
        supervisor.act("start", "sales_consumer", 1)


def test_the_map_expects_what_was_asked_for(supervised: Supervised) -> None:
    supervisor.scale("preview_resizer", 4)
    assert workers()["preview_resizer"]["expected"] == 4
    supervisor.restore()
    assert workers()["preview_resizer"]["expected"] == 2
    assert workers()["web"]["expected"] == 1


def test_a_restore_starts_what_was_stopped(supervised: Supervised) -> None:
    supervisor.act("stop", "sales_consumer", 1)
    supervisor.act("pause", "preview_resizer", 2)
    supervisor.restore()
    eventually(lambda: states() == {"running"}, what="it runs")
    eventually(lambda: states("preview_resizer") == {"running"}, what="it goes on")


def test_when_the_supervisor_ends_so_do_paused_processes(
    own_supervisor: Supervised,
) -> None:
    supervisor.act("pause", "sales_consumer", 1)
    (pid,) = (each.pid for each in instances())
    assert pid
    own_supervisor.process.terminate()
    assert own_supervisor.process.wait(30) == 0
    assert not is_running(pid)
    with pytest.raises(SupervisorAway, match="no supervisor runs here"):
        supervisor.look()


def test_a_killed_supervisor_leaves_no_paused_process(own_supervisor: Supervised) -> None:
    """The kernel continues a paused process group that has lost its parent, and hangs it up."""
    for each in supervisor.look():
        supervisor.act("pause", each.worker, each.instance)
    pids = [each.pid for each in supervisor.look() if each.pid]
    assert len(pids) == 4
    # One that loses its parent in the moment before it is stopped would stay so for ever.
    eventually(lambda: all(states_of(pid) == {"T"} for pid in pids), what="they are paused")
    os.kill(own_supervisor.process.pid, signal.SIGKILL)
    eventually(lambda: not any(map(is_running, pids)), what="they have ended")
    with pytest.raises(SupervisorAway, match="no supervisor runs here"):
        supervisor.look()


def test_a_paused_supervisor_does_not_answer(
    supervised: Supervised, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "ANSWERS_WITHIN", 0.3)
    os.kill(supervised.process.pid, signal.SIGSTOP)
    try:
        with pytest.raises(SupervisorAway, match="does not answer"):
            supervisor.look()
    finally:
        os.kill(supervised.process.pid, signal.SIGCONT)


@pytest.fixture
def other_server(tmp_path: Path, settings: Settings) -> Iterator[None]:
    settings.SUPERVISOR_SOCKET = tmp_path / "other"
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "other"))
        door.listen()

        def answer() -> None:
            client, _ = door.accept()
            with client:
                client.recv(4096)
                client.sendall(b'{"workers": 7}')

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield
        thread.join(5)


def test_an_answer_of_another_version_is_named(other_server: None) -> None:
    with pytest.raises(SupervisorAway, match="not a SupervisorAnswer"):
        supervisor.look()
