"""`manage.py demo` in a folder and on ports of its own, as a test or a benchmark drives it."""

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

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class RunningDemo:
    """One folder and three ports; it may be started again."""

    folder: Path
    environment: dict[str, str] = field(init=False)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not re.match("DEMO|DATABASE_URL|NATS_|AWS_|DJANGO_|LOG_LEVEL|NO_COLOR|FORCE_", name)
        }
        self.environment = inherited | {
            "DEMO_DIR": str(self.folder / "demo"),
            "PORT": str(self.port),
            "NATS_PORT": str(free_port()),
            "AWS_PORT": str(free_port()),
        }

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def start(self) -> float:
        """Start it and return the seconds until `/readyz` answered 200."""
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
        while not self.is_ready():
            assert self.process.poll() is None, self.log
            assert time.monotonic() - began < 60, self.log
            time.sleep(0.02)
        return time.monotonic() - began

    def is_ready(self) -> bool:
        try:
            return self.get("/readyz")[0] == 200
        except (OSError, HTTPException):
            return False

    def get(self, path: str) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment | {"DEMO": "true"},
            capture_output=True,
            text=True,
            check=False,
        )

    def stop(self, number: signal.Signals = signal.SIGINT) -> tuple[int, float]:
        """Send the signal to the supervisor; return its exit code and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(15), time.monotonic() - began

    def members(self) -> dict[int, str]:
        """Return pid → name in `ps` of the supervisor and all that descends from it."""
        rows = subprocess.run(
            ["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
        ).stdout.splitlines()
        found = {self.process.pid: "supervisor"}
        for pid, parent, args in sorted(_row(row) for row in rows):
            if parent in found:
                found[pid] = args
        return found

    def memory(self) -> int:
        """Return the bytes of all processes together; what is shared counts once (PSS)."""
        return sum(pss(pid) for pid in self.members())


def _row(line: str) -> tuple[int, int, str]:
    pid, parent, args = line.split(maxsplit=2)
    return int(pid), int(parent), args


def pss(pid: int) -> int:
    with suppress(FileNotFoundError, ProcessLookupError):
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        if match := re.search(r"^Pss: +(\d+) kB", rollup, re.MULTILINE):
            return int(match[1]) * 1024
    return 0
