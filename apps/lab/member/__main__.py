"""Runs one member until the process that started it closes our standard input, or dies."""

import argparse
import asyncio
import logging
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable

import uvloop
from setproctitle import setproctitle

from apps.lab.member.loops import KINDS, Loop
from apps.lab.report import report
from apps.messaging.errors import BrokerAway
from apps.messaging.worker.lifecycle import Worker

logger = logging.getLogger(__name__)


def main() -> int:
    parser = argparse.ArgumentParser(prog="apps.lab.member")
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--name", default="member")
    parser.add_argument("--subject", default="")
    parser.add_argument(
        "--seconds", type=float, default=0.0, help="seconds of work for each message"
    )
    options = parser.parse_args()
    setproctitle(f"lab.{options.kind}.{options.name}")
    multiprocessing.current_process().name = options.name
    return uvloop.run(_run(KINDS[options.kind](options), options.name))


async def _run(loop: Loop, name: str) -> int:
    worker = Worker(name)
    worker.on_change = lambda: report("ready" if worker.is_ready else "not ready")
    end = asyncio.get_running_loop().call_soon_threadsafe
    threading.Thread(target=_watch_parent, args=(lambda: end(worker.stop),), daemon=True).start()
    try:
        await loop(worker)
    except BrokerAway:
        logger.warning("stopped before NATS was reached")
    return 1 if worker.failure else 0


def _watch_parent(end: Callable[[], object]) -> None:
    # Without Python's buffer, whose lock a reading thread would hold when Python exits.
    while os.read(0, 1):
        pass
    end()


if __name__ == "__main__":
    sys.exit(main())
