"""Process name, log and heartbeat of Celery's worker and beat, as every other process has them.

Importing this module connects its signal handlers; `application.py` lists it in `imports`.
"""

import logging
import multiprocessing
import time
from typing import Any

from celery.beat import PersistentScheduler
from celery.signals import beat_init, setup_logging, worker_init, worker_ready, worker_shutdown
from django.conf import settings
from django.utils.module_loading import import_string
from setproctitle import setproctitle

from apps.messaging.handling import watchdog
from apps.messaging.worker.heartbeat import Heartbeat
from apps.messaging.worker.outage import Outage
from apps.messaging.worker.time_limits import overdue
from orders_site.checks import startup

logger = logging.getLogger(__name__)


class _ProcessState:
    """When this process made progress last, and whether it is ready for tasks."""

    heartbeat: Heartbeat | None = None
    last_step = 0.0
    is_ready = False

    def __init__(self) -> None:
        self._outage = Outage(logger, begun="sqs away, polling goes on", ended="sqs answers")

    def begin(self, name: str) -> None:
        multiprocessing.current_process().name = name  # the `worker` field of every log line
        self.step()
        self.heartbeat = Heartbeat(
            name, last_step=lambda: self.last_step, is_ready=lambda: self.is_ready
        )
        self.heartbeat.start()
        if settings.METRICS_PORT:
            # By its name: a process whose metrics are not read does not pay for them.
            import_string("apps.messaging.metrics.serving.serve_in_thread")()

    def step(self) -> None:
        self.last_step = time.monotonic()

    def turn(self) -> None:
        """Record that the loop runs, and end the process if a task hangs."""
        self.step()
        watchdog.still_there()
        if hung := overdue():
            watchdog.end_process(hung)

    def ready(self) -> None:
        self.is_ready = True
        self.step()
        if self.heartbeat:
            self.heartbeat.say_now()
            # Celery has just set a process title of its own.
            setproctitle(f"workers.{self.heartbeat.name}")

    def broker_away(self, reason: str) -> None:
        self._outage.met(reason)
        self.is_ready = False

    def broker_answers(self) -> None:
        self._outage.over()
        if not self.is_ready:
            self.ready()

    def end(self) -> None:
        if self.heartbeat:
            self.heartbeat.stop()


PROCESS = _ProcessState()


class HeartbeatScheduler(PersistentScheduler):
    """Beat's scheduler: each tick records progress, and closing it ends the heartbeat."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        PROCESS.turn()
        self._forget_the_future()
        return float(super().tick(*args, **kwargs))

    def _forget_the_future(self) -> None:
        """Count what a wrong clock has dated ahead as done now; else it would wait until then."""
        now = self.app.now()
        ahead = [each for each in self.schedule.values() if (each.last_run_at or now) > now]
        for entry in ahead:
            entry.last_run_at = now
        if ahead:
            logger.warning("the clock was set back", extra={"tasks": len(ahead)})
            self._heap = None  # It has the times by which they were due.

    def close(self) -> None:
        super().close()
        PROCESS.end()


@setup_logging.connect
def keep_our_log(**_: Any) -> None:
    """Keep Django's logging set-up: Celery replaces it unless this signal has a receiver."""
    # A retry is logged by ShopTask, and a dead letter keeps the traceback.
    logging.getLogger("celery.app.trace").setLevel(logging.CRITICAL)


@worker_init.connect
def begin_worker(**_: Any) -> None:
    startup.require_valid_settings()
    PROCESS.begin("celery")


@worker_ready.connect
def worker_polls(sender: Any, **_: Any) -> None:
    # The timer runs in the loop that receives tasks: if the loop hangs, progress stops. The
    # worker is ready when SQS has answered the first poll.
    sender.timer.call_repeatedly(2.0, PROCESS.turn)


@worker_shutdown.connect
def end_worker(**_: Any) -> None:
    PROCESS.end()


@beat_init.connect
def begin_beat(**_: Any) -> None:
    startup.require_valid_settings()
    PROCESS.begin("beat")
    PROCESS.ready()
