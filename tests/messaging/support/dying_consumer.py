"""A consumer that crashes on every thirteenth cup, and is restarted each time.

Forked from a loaded parent, as the demo does it, so that a test of many deaths is quick.
"""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import workers  # noqa: F401  sets Django up, before any app is imported
from apps.messaging.events.consumer import consuming
from apps.messaging.worker.lifecycle import Worker
from tests.messaging.support.events import TeaBrewed, make_consumer
from tests.support.nats_server import NatsServer
from tests.support.processes import environment_of
from tests.support.python import Program

DEADLY = 13


@contextmanager
def dying_consumer(server: NatsServer) -> Iterator[None]:
    """Run it on the database and the nats-server of the tests."""
    process = Program("-m", __name__, env=environment_of(server), start_new_session=True)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def drink(event: TeaBrewed) -> None:
    if event.cups == DEADLY:
        os._exit(1)


async def consume() -> None:
    await consuming(make_consumer(drink))(Worker("drinker"))


def run_for_ever() -> None:
    while True:
        if child := os.fork():
            os.waitpid(child, 0)
        else:
            asyncio.run(consume())
            os._exit(0)


if __name__ == "__main__":
    run_for_ever()
