"""The supervisor with stand-ins, which the lab's own code asks."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from apps.lab.processes import supervisor
from apps.lab.processes.supervisor import SupervisorAway, WorkerProcess
from tests.lab.processes.stand_ins import RUNNING
from tests.support.waiting import eventually


@dataclass(frozen=True)
class Supervised:
    """A supervisor with stand-ins, and where it is asked."""

    process: subprocess.Popen[bytes]
    socket: Path


@pytest.fixture(scope="module")
def _supervisor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supervised]:
    with running(tmp_path_factory.mktemp("supervisor") / "socket") as found:
        yield found


@pytest.fixture
def supervised(_supervisor: Supervised, patient: None, settings: Settings) -> Iterator[Supervised]:
    """One for all tests of a module; afterwards its workers are as at the start."""
    settings.SUPERVISOR_SOCKET = _supervisor.socket
    eventually(are_as_at_the_start, what="the stand-ins run")
    yield _supervisor
    supervisor.restore()


@pytest.fixture
def own_supervisor(tmp_path: Path, patient: None, settings: Settings) -> Iterator[Supervised]:
    """For a test that ends it."""
    settings.SUPERVISOR_SOCKET = tmp_path / "socket"
    with running(settings.SUPERVISOR_SOCKET) as found:
        eventually(are_as_at_the_start, what="the stand-ins run")
        yield found


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SETTLES_WITHIN", "ANSWERS_WITHIN"):
        monkeypatch.setattr(supervisor, name, 20.0)  # A busy machine takes longer.


@contextmanager
def running(path: Path) -> Iterator[Supervised]:
    command = [sys.executable, "-m", "tests.lab.processes.stand_ins", str(path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        yield Supervised(process, path)
        process.terminate()


def are_as_at_the_start() -> bool:
    try:
        found = Counter((each.worker, each.state) for each in supervisor.look())
    except SupervisorAway:
        return False
    return found == {(worker, "running"): count for worker, count in RUNNING.items()}


def instances(worker: str = "sales_consumer") -> list[WorkerProcess]:
    try:
        return [each for each in supervisor.look() if each.worker == worker]
    except SupervisorAway:
        return []


def states(worker: str = "sales_consumer") -> set[str]:
    return {each.state for each in instances(worker)}
