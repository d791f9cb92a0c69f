"""A supervisor with its control channel, and a client of the channel."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from apps.demo.supervisor.control import answering
from apps.demo.supervisor.process import Program
from apps.demo.supervisor.supervising import Supervisor, supervising
from apps.demo.supervisor.workers_by_hand import WorkersByHand
from tests.demo.demo_log import DemoLog, demo_log
from tests.demo.supervisor.test_supervising import program, run_until

INSTANCES = {"one": 1, "two": 1, "clock": 1}


class Bench:
    """A supervisor that runs only while something is waited for, and its channel."""

    def __init__(self, supervisor: Supervisor, log: DemoLog, path: Path) -> None:
        self.supervisor = supervisor
        self.log = log
        self.path = path
        self._by_hand = WorkersByHand(supervisor, INSTANCES)

    def ask(self, act: str, worker: str = "one", **more: int) -> dict[str, Any]:
        """Return the answer, without the detour over the channel."""
        return self._by_hand.answer(json.dumps({"act": act, "worker": worker, **more}).encode())

    def send(self, data: bytes) -> dict[str, Any]:
        """Send the bytes from a thread while the supervisor runs; return the answer."""
        answers: list[bytes] = []
        client = threading.Thread(target=lambda: answers.append(asked(self.path, data)))
        client.start()
        self.until(lambda: answers)
        client.join()
        found: dict[str, Any] = json.loads(answers[0]) if answers[0] else {}
        return found

    def rows(self, worker: str = "one") -> list[dict[str, Any]]:
        return [each for each in self.ask("look")["workers"] if each["worker"] == worker]

    def state(self, worker: str = "one") -> list[str]:
        return [each["state"] for each in self.rows(worker)]

    def pids(self) -> list[int]:
        return [each["pid"] for each in self.rows() if each["pid"]]

    def until(self, condition: Callable[[], object]) -> None:
        run_until(self.supervisor, condition)

    def becomes(self, *states: str, worker: str = "one") -> None:
        """Run until the worker's instances have these states."""
        self.until(lambda: self.state(worker) == [*states])


def asked(path: Path, data: bytes) -> bytes:
    """Return what the channel answers to the bytes; empty if it hangs up."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        client.sendall(data)
        pieces = []
        while piece := client.recv(4096):
            pieces.append(piece)
        return b"".join(pieces)


@contextmanager
def bench_with(path: Path, *programs: Program) -> Iterator[Bench]:
    with (
        demo_log() as log,
        supervising(log.output, fork=False) as supervisor,
        answering(
            path, supervisor.selector, log.output, WorkersByHand(supervisor, INSTANCES).answer
        ),
    ):
        supervisor.start(*programs)
        yield Bench(supervisor, log, path)


def stays(name: str = "one", **options: object) -> Program:
    return program("stay", name=name, **options)
