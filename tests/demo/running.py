"""`manage.py demo` in a folder and on ports of its own, as a test or a benchmark drives it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from orders_site.checks.times import LONGEST_PROBE
from tests.support.ports import free_port
from tests.support.python import run_python
from tests.support.shell import forget_the_shell
from tests.support.waiting import crowding, eventually

ROOT = Path(__file__).resolve().parents[2]
LOOK_EVERY_SECONDS = 0.05
START_SECONDS = 120.0


@dataclass
class RunningDemo:
    """One folder and three ports; it may be started again."""

    folder: Path
    environment: dict[str, str] = field(init=False)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] = field(init=False)
    _log_read: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        inherited = dict(os.environ)
        forget_the_shell(inherited)
        self.environment = inherited | {
            "DEMO_DIR": str(self.folder / "demo"),
            "DEMO_HISTORY": "false",
            # A part of a busy machine is late, and not away.
            "PROBE_SECONDS": str(LONGEST_PROBE),
            "PORT": str(self.port),
            "NATS_PORT": str(free_port()),
            "AWS_PORT": str(free_port()),
        }

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def new_errors(self) -> str:
        """Return the errors in the log since the last call, with their tracebacks."""
        new, self._log_read = self.log[self._log_read :], len(self.log)
        kept = re.findall(r"^\S.*\[(?:error|critical).*\n(?:[ \t].*\n)*", new, flags=re.MULTILINE)
        return "".join(kept)

    def start(self) -> float:
        """Start it and return the seconds until `/readyz/all` answered 200."""
        began = time.monotonic()
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        try:
            self._wait_until_ready(began)
        except BaseException:
            self.process.kill()  # Nothing would stop it later; its children end with it.
            raise
        return time.monotonic() - began

    def _wait_until_ready(self, began: float) -> None:
        while not self.is_ready():
            assert self.process.poll() is None, self.log
            assert time.monotonic() - began < START_SECONDS * crowding(), self.log
            time.sleep(LOOK_EVERY_SECONDS)

    def is_ready(self) -> bool:
        try:
            return self.get("/readyz/all")[0] == 200
        except (OSError, HTTPException):
            return False

    def get(self, path: str) -> tuple[int, str]:
        return self._request("GET", path)

    def status(self) -> dict[str, Any]:
        """Return `/api/status` once every part answers in its time."""

        def complete() -> dict[str, Any] | None:
            found: dict[str, Any] = json.loads(self.get("/api/status")[1])
            return None if found["problems"] else found

        found = eventually(complete, what="every part is in the status")
        assert found
        return found

    def post(self, path: str, body: object) -> tuple[int, str]:
        return self._request("POST", path, json.dumps(body))

    def _request(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30 * crowding())
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def manage(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a management command to its end, against this demo or with variables changed."""
        return run_python(
            "manage.py", *arguments, env=self.environment | {"DEMO": "true"} | environment
        )

    def stop(self, number: signal.Signals = signal.SIGINT) -> tuple[int, float]:
        """Send the signal to the supervisor; return its exit code and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(15 * crowding()), time.monotonic() - began

    def pids(self, name: str) -> list[int]:
        """Return the processes that bear that name in `ps`, the oldest first."""
        members = self.members().items()
        return [pid for pid, args in members if Path(args.split()[0]).name == name]

    def members(self) -> dict[int, str]:
        """Return pid → name in `ps` of the supervisor and all that descends from it."""
        ps = ["ps", "-eo", "pid=,ppid=,args=", "--sort=start_time"]
        table = subprocess.run(ps, capture_output=True, text=True, check=True).stdout
        found = {self.process.pid: "supervisor"}
        for row in table.splitlines():
            pid, parent, args = row.split(maxsplit=2)
            if int(parent) in found:
                found[int(pid)] = args
        return found

    def memory(self) -> int:
        """Return the memory of all processes in bytes; shared memory counts once (PSS)."""
        return sum(pss(pid) for pid in self.members())


def pss(pid: int) -> int:
    with suppress(FileNotFoundError, ProcessLookupError):
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        if match := re.search(r"^Pss: +(\d+) kB", rollup, re.MULTILINE):
            return int(match[1]) * 1024
    return 0
