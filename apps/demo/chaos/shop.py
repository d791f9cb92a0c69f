"""The demo as one process with many children, each of which can be killed at any time."""

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from apps.demo.chaos.check import until
from apps.demo.chaos.web import Web
from apps.demo.folder import make_ours
from apps.demo.supervisor.ports import HOST

# Each process that reaches such a point so often dies there, at the worst moment.
FAILPOINTS = "relay.published=exit:after=40,mail.due=exit:after=70,mail.claimed=exit:after=80"
OTHERS = ("web", "nats-server", "moto")


class RunningShop:
    """Finds its children by their names in `ps`, and reads its log.

    It must be ready within `starts_within` seconds.
    """

    def __init__(self, folder: Path, *, starts_within: float = 60.0) -> None:
        self.web = Web(f"{HOST}:{settings.PORT}")
        self.kills: Counter[str] = Counter()
        make_ours(folder)
        self._log = folder / "demo.log"
        self._starts_within = starts_within
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, **environment: str) -> None:
        """Start it, and return when `/readyz/all` answers 200. Raises `NotWithin`."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "demo"],
                cwd=settings.BASE_DIR,
                env=os.environ | {"FAILPOINTS": FAILPOINTS, "DEMO_HISTORY": "false"} | environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,  # Ctrl-C reaches this process alone; `end` then stops the demo.
            )
        what = f"the demo is ready, see {self._log}"
        until(self.is_ready, within=self._starts_within, what=what)

    def is_ready(self) -> bool:
        with suppress(OSError):
            return self.web.get("/readyz/all").status == 200
        return False

    def stop(self) -> tuple[int, float, list[int]]:
        """Stop it; return the exit code, the seconds it took, and the pids that still run."""
        assert self._process
        children = list(self.children())
        began = time.monotonic()
        self._process.terminate()
        code = self._process.wait(20)
        return code, time.monotonic() - began, [pid for pid in children if is_running(pid)]

    def end(self) -> None:
        """Stop the demo if it runs; its children end with it."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(20)

    def names(self) -> list[str]:
        """Return the name of each child that can be killed; of three instances, three times."""
        workers = [
            f"workers.{name}" for name, count in settings.WORKERS.items() for _ in range(count)
        ]
        return [*workers, *OTHERS]

    def pids(self, name: str) -> list[int]:
        return [pid for pid, args in self.children().items() if Path(args.split()[0]).name == name]

    def kill(self, name: str, *, place: int = 0) -> bool:
        """SIGKILL the `place`th child of that name; return whether there was one."""
        found = self.pids(name)
        if not found:
            return False
        with suppress(ProcessLookupError):
            os.kill(found[place % len(found)], signal.SIGKILL)
            self.kills[name] += 1
        return True

    def deaths(self, point: str) -> int:
        """Return how many processes died at that hook."""
        return self.count(rf"broken on purpose .*point={re.escape(point)}\b")

    def deaths_with_mails(self) -> int:
        """Return how often a worker that sends mails died.

        One that dies after the mail server took a mail, and before that is stored, sends it again
        with the same Message-ID. It may have two mails in flight.
        """
        return self.kills["workers.celery"] + self.deaths("mail.claimed")

    def count(self, pattern: str) -> int:
        return len(re.findall(pattern, self._log.read_text(errors="replace")))

    def children(self) -> dict[int, str]:
        """Return pid → name in `ps` of all descendants of the demo, the oldest first."""
        assert self._process
        parents, names = _all_processes()
        return {
            pid: names[pid]
            for pid in sorted(names)
            if self._process.pid in _ancestors(pid, parents)
        }


def family_of(pid: int) -> list[int]:
    """Return its pid and those of all its descendants."""
    parents, _ = _all_processes()
    return [pid, *(each for each in parents if pid in _ancestors(each, parents))]


def parent_of(pid: int) -> int:
    return _all_processes()[0][pid]


def _all_processes() -> tuple[dict[int, int], dict[int, str]]:
    """Return the parent and the name in `ps` of every process of this machine, each by pid."""
    ps = ["ps", "-eo", "pid=,ppid=,args="]
    table = subprocess.run(ps, capture_output=True, text=True, check=True).stdout  # noqa: S603
    parents: dict[int, int] = {}
    names: dict[int, str] = {}
    for row in table.splitlines():
        pid, parent, args = row.split(maxsplit=2)
        parents[int(pid)], names[int(pid)] = int(parent), args
    return parents, names


def _ancestors(pid: int, parents: dict[int, int]) -> set[int]:
    found: set[int] = set()
    while (pid := parents.get(pid, 0)) and pid not in found:
        found.add(pid)
    return found


def is_running(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False
