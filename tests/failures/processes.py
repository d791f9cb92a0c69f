"""The shop's processes as these tests start and kill them, forked from a loaded parent."""

import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.demo.supervisor import programs
from apps.demo.supervisor.process import Program
from apps.messaging.models import WorkerInstance
from tests.support.ports import free_port
from tests.support.processes import ROOT
from tests.support.waiting import at_most, eventually

LOG_CHARACTERS = 3000


@dataclass(frozen=True)
class WorkerProcess:
    """One process; the code that starts it also ends it."""

    fork_server: "ForkServer"
    name: str
    pid: int
    log: Path

    def is_ready(self) -> bool:
        return WorkerInstance.objects.filter(pid=self.pid, is_ready=True).exists()

    def until_ready(self, *, within: float = 15) -> "WorkerProcess":
        eventually(self.is_ready, within=within, what=f"{self.name} is ready")
        return self

    def end(self, *, within: float = 15) -> int:
        """Wait for its end, and return its exit code; below zero it is a signal."""
        code = self.fork_server.ask(do="wait", pid=self.pid, seconds=at_most(within))
        assert code is not None, f"{self.name} did not end: {self.said()[-2000:]}"
        return int(code)

    def terminate(self) -> None:
        os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        self.end()

    def said(self) -> str:
        return self.log.read_text()

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class ForkServer:
    """The parent process, `fork_server.py`; it knows its database and its servers."""

    def __init__(
        self, folder: Path, *, module: str = "tests.failures.fork_server", **environment: str
    ) -> None:
        self.folder = folder
        self.environment = environment
        self.started: list[WorkerProcess] = []
        self.web_port = free_port()
        self._numbers = itertools.count()
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env=os.environ
            | {"DJANGO_SETTINGS_MODULE": "orders_site.settings", "NOSETPS": "1", "NO_COLOR": "1"}
            | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, name: str, *, broken: str = "", instance: str = "1") -> WorkerProcess:
        """Start a worker, Celery or beat; `broken` is the value of `FAILPOINTS` for it."""
        program = self._program(name)
        log = self.folder / f"{next(self._numbers)}.{name}.log"
        pid = self.ask(
            do="start",
            command=program.command,
            title=program.title,
            instance=instance,
            broken=broken,
            log=str(log),
        )
        process = WorkerProcess(self, name, pid, log)
        self.started.append(process)
        return process

    def ask(self, **request: Any) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{json.dumps(request)}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def show_logs(self) -> None:
        for process in self.started:
            said = process.said()[-LOG_CHARACTERS:]
            sys.stdout.write(f"--- {process.log.name}, pid {process.pid}\n{said}\n")

    def kill_all(self) -> None:
        """Kill every process that still runs, before the next test."""
        for process in self.started:
            if Path(f"/proc/{process.pid}").exists():
                os.killpg(process.pid, signal.SIGKILL)
                process.end()
        self.started.clear()

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(at_most(10))

    def _program(self, name: str) -> Program:
        match name:
            case "celery":
                return programs.celery(1)[0]
            case "beat":
                return programs.beat(folder=self.folder)
            case "web":
                return programs.web(port=self.web_port)
            case _:
                return programs.workers({name: settings.WORKERS[name] and 1})[0]


@contextmanager
def fork_server_of(
    folder: Path, *, module: str = "tests.failures.fork_server", **environment: str
) -> Iterator[ForkServer]:
    fork_server = ForkServer(folder, module=module, **environment)
    try:
        yield fork_server
    finally:
        fork_server.kill_all()
        fork_server.close()
