"""PostgreSQL, NATS and SQS at the far end of the cable; the two that are killed come back."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from apps.demo.supervisor.servers import find_nats_server
from tests.cable.cable import ADDRESS_THERE, Cable
from tests.support.postgresql import postgresql
from tests.support.processes import ROOT

NATS_PORT, SQS_PORT = 4222, 4566
BACK_AFTER_SECONDS = 1.0
"""Seconds in which a dead server stays dead."""


@contextmanager
def served(cable: Cable, folder: Path) -> Iterator[dict[str, str]]:
    """Start the servers; yield the shop's variables for them, without the database's name."""
    nats = [find_nats_server(), "-a", ADDRESS_THERE, "-p", str(NATS_PORT)]
    nats += ["-js", "-sd", str(folder / "jetstream-there")]
    moto = [sys.executable, "-m", "apps.demo.supervisor.moto_server", "-H", ADDRESS_THERE]
    moto += ["-p", str(SQS_PORT)]
    there = cable.at(cable.there)
    with ExitStack() as stack:
        port = stack.enter_context(postgresql(address=ADDRESS_THERE, there=there))
        for name, command in (("nats-server", nats), ("moto", moto)):
            stack.enter_context(_kept([*there, *command], pid_file(folder, name), folder / "there"))
        yield {
            "DEMO_DATABASE_URL": f"postgres://postgres@{ADDRESS_THERE}:{port}/shop",
            "DEMO_NATS_URL": f"nats://{ADDRESS_THERE}:{NATS_PORT}",
            "DEMO_AWS_ENDPOINT_URL": f"http://{ADDRESS_THERE}:{SQS_PORT}",
        }


def pid_file(folder: Path, name: str) -> Path:
    """Return the file with the process id of a server, to kill it."""
    return folder / f"{name}.pid"


@contextmanager
def _kept(command: list[str], pid: Path, log: Path) -> Iterator[None]:
    """Run it, and again each time that it has died."""
    over = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        while not over.is_set():
            with log.open("ab") as output:
                process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
            running[:] = [process]
            pid.write_text(str(process.pid))
            process.wait()
            over.wait(BACK_AFTER_SECONDS)

    thread = threading.Thread(target=keep)
    thread.start()
    try:
        yield
    finally:
        over.set()
        for process in running:
            process.kill()
        thread.join(10)
