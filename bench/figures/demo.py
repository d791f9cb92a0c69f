"""`make demo` as a visitor meets it: its first start, and what all of it costs while it is idle."""

import signal
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from functools import partial
from pathlib import Path

from bench.kit import processes
from bench.kit.bench import Bench
from bench.kit.builds import Build
from bench.kit.figures import Case, Figure, Row
from bench.kit.processes import Process
from bench.kit.waiting import until
from bench.kit.watching import Sample
from tests.support.ports import free_port

_ROUNDS = 3
_SETTLES_SECONDS, _IDLE_SECONDS = 3.0, 10.0
"""First the start is over, then its processor time is taken."""


def figure(bench: Bench) -> Figure:
    """Both builds; fewer rounds, as each takes half a minute."""
    cases = [Case(name=build.name, run=partial(_demo, bench, build)) for build in bench.builds]
    row = partial(Row, case="now", against="before", better="lower")
    rows = [
        row(title="Demo, idle CPU of a core", metric="idle_percent", unit="%"),
        row(title="Demo, memory of all processes", metric="pss_mb", unit="MB"),
        row(title="Demo, first start", metric="start_s", unit="s"),
    ]
    return Figure(title="Demo", cases=cases, rows=rows, most_rounds=_ROUNDS, run_seconds=20)


def _demo(bench: Bench, build: Build) -> Sample:
    with tempfile.TemporaryDirectory(dir=bench.world.folder) as folder:
        port, began = free_port(), time.monotonic()
        demo = processes.start(
            build.manage("demo"),
            cwd=build.path,
            env=processes.without_the_shell()
            | {
                "DEMO_DIR": f"{folder}/demo",
                "PORT": str(port),
                "NATS_PORT": str(free_port()),
                "AWS_PORT": str(free_port()),
            },
            log=Path(folder) / "log",
        )
        try:
            until(partial(_is_ready, port), what="the demo is ready", of=demo)
            start = time.monotonic() - began
            return {"start_s": start, **_idle(demo)}
        finally:
            demo.send_signal(signal.SIGINT)  # As Ctrl-C, which stops all that it started.
            demo.wait(processes.STOPS_WITHIN_SECONDS)


def _idle(demo: Process) -> Sample:
    time.sleep(_SETTLES_SECONDS)
    used, began = processes.cpu_seconds([demo.pid]), time.monotonic()
    time.sleep(_IDLE_SECONDS)
    share = (processes.cpu_seconds([demo.pid]) - used) / (time.monotonic() - began)
    memory = processes.memory_bytes(processes.family(demo.pid))
    return {"idle_percent": 100 * share, "pss_mb": memory / 1e6}


def _is_ready(port: int) -> bool:
    with (
        suppress(OSError),
        urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz/all", timeout=5),
    ):
        return True
    return False
