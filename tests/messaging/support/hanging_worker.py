"""Workers with hanging work, run by the real runner and restarted each time they end.

Forked from a loaded parent, as the demo does it. `ended with N` is a line for each end.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import NoReturn
from unittest.mock import patch

from django.conf import settings
from django.db import transaction

import workers  # noqa: F401  sets Django up, before any app is imported
from apps.messaging.events import delivery, in_flight
from apps.messaging.events.consumer import consuming
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.worker import working
from apps.messaging.message import Payload
from apps.messaging.outbox import relay
from apps.messaging.outbox.relay import relaying
from apps.messaging.pubsub.broadcast import listening
from apps.messaging.pubsub.core_message import CoreMessage
from apps.messaging.pubsub.queue_group import serving
from apps.messaging.recovery import collector
from apps.messaging.request_reply.responder import Service, answering
from apps.messaging.worker.lifecycle import Worker
from tests.messaging.support.events import TeaBrewed, make_consumer
from tests.messaging.support.jobs import CUPS
from tests.support.nats_server import NatsServer
from tests.support.processes import environment_of
from tests.support.python import Program
from workers.runner import run

HANGS, HANGS_AFTER_THE_COMMIT, EXITS = 13, 14, 15
ACK_WAIT = timedelta(seconds=1)
FAILURES = 3
"""After so many an event is a dead letter here: each is the end and the start of a process."""


class Answer(Payload):
    text: str


@dataclass(frozen=True)
class Hanging:
    log: Path

    def ends(self) -> list[int]:
        """Return the exit code of each process that has ended."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [int(line.split()[-1]) for line in lines if line.startswith("ended with ")]

    def said(self) -> str:
        return self.log.read_text(errors="replace")


@contextmanager
def hanging(kind: str, server: NatsServer, folder: Path, **environment: str) -> Iterator[Hanging]:
    """Run a kind of `LOOPS` on the database and the servers of the tests."""
    worker = Hanging(folder / f"{kind}.log")
    with worker.log.open("w") as log:
        process = Program(
            "-m",
            __name__,
            kind,
            env=environment_of(server) | environment,
            outputs=(log.fileno(), log.fileno()),
            start_new_session=True,
        )
    try:
        yield worker
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def hang() -> None:
    threading.Event().wait()


def drink(event: TeaBrewed) -> None:
    if event.cups == HANGS:
        hang()
    if event.cups == HANGS_AFTER_THE_COMMIT:
        transaction.on_commit(hang)
    if event.cups == EXITS:
        sys.exit(EXITS)


def drink_all(events: list[TeaBrewed]) -> None:
    for event in events:
        drink(event)


def wash(job: ReceivedJob) -> None:
    if job.body == "hangs":
        hang()
    if job.body == "exits":
        sys.exit(EXITS)


def answer(body: bytes) -> Answer:
    if body == b"hangs":
        hang()
    return Answer(text="tea")


def resize(body: bytes) -> None:
    hang()


def hear(received: CoreMessage) -> None:
    if received.body == b"hangs":
        hang()


async def never_step(worker: Worker) -> None:
    worker.ready()
    await asyncio.Event().wait()


async def never_answer(*_: object) -> NoReturn:
    await asyncio.Event().wait()
    raise AssertionError


async def relay_with_a_hanging_lane(worker: Worker) -> None:
    """Its other transport goes on as ever."""
    with patch.object(relay, "send_to_queues", never_answer):
        await relaying(worker)


async def collect_with_a_hanging_queue(worker: Worker) -> None:
    with (
        patch.object(settings, "MESSAGING_QUEUES", ["tests.messaging.support.jobs.CUPS"]),
        patch.object(collector, "in_pool", never_answer),
    ):
        await collector.collecting(worker)


SERVICE = Service(
    name="teas", description="", subject="teas.asked", group="teas", handle=answer, threads=2
)
LOOPS: dict[str, Callable[[Worker], Awaitable[None]]] = {
    "consumer": consuming(make_consumer(drink)),
    "batches": consuming(make_consumer(drink, batch_handlers={TeaBrewed: drink_all})),
    "jobs": working(replace(CUPS, longest_seconds=3), wash, concurrency=2),
    "responder": answering(SERVICE),
    "relay": relaying,
    "member": serving("teas.offered", "teas", resize),
    "listener": listening("teas.>", hear),
    "loop": never_step,
    "lane": relay_with_a_hanging_lane,
    "queue": collect_with_a_hanging_queue,
}
"""The name of each worker, and its loop."""


def live(kind: str) -> None:
    """Run one process, in the child, until it ends by itself."""
    names = patch.object(settings, "WORKERS", dict.fromkeys(LOOPS, 1))
    quick = patch.object(in_flight, "ACK_WAIT", ACK_WAIT)
    with names, quick, patch.object(delivery, "MAX_FAILURES", FAILURES):
        run(kind, LOOPS[kind])


def run_for_ever(kind: str) -> None:
    while True:
        if child := os.fork():
            _, status = os.waitpid(child, 0)
            os.write(1, f"ended with {os.waitstatus_to_exitcode(status)}\n".encode())
        else:
            live(kind)


if __name__ == "__main__":
    run_for_ever(sys.argv[1])
