"""The supervisor with stand-ins, which the lab's own code asks."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from apps.lab.processes import supervisor
from apps.lab.processes.supervisor import SupervisorAway, WorkerProcess
from tests.support.waiting import eventually


@pytest.fixture
def supervised(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[subprocess.Popen[bytes]]:
    monkeypatch.setattr(supervisor, "SETTLES_WITHIN", 20.0)  # A busy machine takes longer.
    settings.SUPERVISOR_SOCKET = tmp_path / "socket"
    command = [sys.executable, "-m", "tests.lab.processes.stand_ins", str(tmp_path / "socket")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        eventually(lambda: states() == {"running"}, what="the stand-ins run")
        yield process
        process.terminate()


def instances(worker: str = "sales_consumer") -> list[WorkerProcess]:
    try:
        return [each for each in supervisor.look() if each.worker == worker]
    except SupervisorAway:
        return []


def states(worker: str = "sales_consumer") -> set[str]:
    return {each.state for each in instances(worker)}
