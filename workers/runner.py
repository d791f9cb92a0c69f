"""The shared part of all worker processes: name, signals, heartbeat and exit code."""

import asyncio
import logging
import multiprocessing
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import NoReturn

import uvloop
from django.conf import settings
from django.db import connections
from django.utils.module_loading import import_string
from setproctitle import setproctitle

from apps.messaging.errors import BrokerAway
from apps.messaging.handling import watchdog
from apps.messaging.worker.heartbeat import Heartbeat
from apps.messaging.worker.lifecycle import Worker

logger = logging.getLogger(__name__)

GRACE_SECONDS = 9.0
"""Seconds from the stop signal until work in flight is abandoned; compose kills after ten."""


def run(name: str, loop: Callable[[Worker], Awaitable[None]]) -> NoReturn:
    """Run a worker's loop until SIGTERM or SIGINT, then exit with 0; exit with 1 if it failed.

    If work in it hangs, it exits with the code of the watchdog.
    """
    if name not in settings.WORKERS:
        sys.exit(f"workers: {name} is not in WORKERS of orders_site/conf/worker_processes.py")
    setproctitle(f"workers.{name}")
    multiprocessing.current_process().name = name  # the `worker` field of every log line
    uvloop.run(_main(name, loop))
    sys.exit(0)


async def _main(name: str, loop: Callable[[Worker], Awaitable[None]]) -> None:
    worker = Worker(name)
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, worker.stop)
    heartbeat = Heartbeat(
        name,
        last_step=lambda: worker.last_step,
        is_ready=lambda: worker.is_ready,
        pause_reason=lambda: worker.pause_reason,
    )
    worker.on_change = heartbeat.say_now
    heartbeat.start()
    watching = asyncio.create_task(watchdog.watch(worker))
    logger.info("started", extra={"instance": heartbeat.instance})
    try:
        await _until_stopped(loop, worker)
    except* BrokerAway:
        if not worker.stopping.is_set():
            raise
    except* Exception:  # Errors outside a unit of work are not handled: end, to be restarted.
        logger.exception("failed")
        worker.fail("unexpected error")
    if worker.failure:
        # The row stays: the next start counts as a restart.
        logger.error("ending", extra={"reason": worker.failure})
        watchdog.leave(1)
    await asyncio.to_thread(heartbeat.stop)
    watching.cancel()
    connections.close_all()
    logger.info("stopped")


async def _until_stopped(loop: Callable[[Worker], Awaitable[None]], worker: Worker) -> None:
    if settings.METRICS_PORT:
        # By its name: a worker whose metrics are not read does not pay for them.
        await import_string("apps.messaging.metrics.serving.serve")()
    work = asyncio.ensure_future(loop(worker))
    stop = asyncio.ensure_future(worker.stopping.wait())
    await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not worker.stopping.is_set() and not work.exception():
        worker.fail("the loop ended by itself")
    try:
        await asyncio.wait_for(work, GRACE_SECONDS)
    except TimeoutError:
        worker.fail(f"not done {GRACE_SECONDS:.0f} s after the signal")
