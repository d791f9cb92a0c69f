"""Heartbeats: each process instance stores every few seconds that it runs, and its last step."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection, models
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now
from django.utils import timezone

from apps.messaging.models import WorkerInstance
from apps.messaging.worker.lifecycle import beats
from apps.messaging.worker.outage import Outage

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 5.0
STALE_AFTER = timedelta(seconds=15)
"""Three missed heartbeats, or a step that takes too long."""


class Heartbeat:
    """A thread with a database connection of its own, outside every domain transaction.

    `last_step` returns the monotonic time of the last step, `is_ready` whether the worker can
    take work, `pause_reason` why it takes none for a while. A start that finds the row of its
    predecessor is a restart: the predecessor died without deleting its row.
    """

    def __init__(
        self,
        name: str,
        *,
        last_step: Callable[[], float],
        is_ready: Callable[[], bool],
        pause_reason: Callable[[], str] = str,
    ) -> None:
        self.name = name
        self.instance = settings.WORKER_INSTANCE or socket.gethostname()
        self._last_step = last_step
        self._is_ready = is_ready
        self._pause_reason = pause_reason
        self._started_at = timezone.now()
        self._registered = False
        self._outage = Outage(logger, begun="heartbeat not written", ended="heartbeat written")
        self._untouched = Outage(logger, begun="health file not touched", ended="touched again")
        self._wake = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Start the thread that writes the heartbeat."""
        self._thread.start()

    def say_now(self) -> None:
        """Write the row now, because its state has changed."""
        self._wake.set()

    def stop(self) -> None:
        """Delete the row, so that the next start is no restart."""
        self._stopped = True
        self._wake.set()
        self._thread.join(timeout=5)

    def _beat(self) -> None:
        while not self._stopped:
            # Once for both statements: on SQLite, a new connection costs more than they do.
            close_old_connections()
            if self._say(self._write):
                self._outage.over()
            self._say(lambda: beats.send_robust(sender=self))
            self._touch_health_file()
            self._wake.wait(INTERVAL_SECONDS if self._is_ready() else 0.5)
            # Before the next write: a change meanwhile is in that write, or wakes the thread again.
            self._wake.clear()
        close_old_connections()
        self._say(lambda: self._rows().delete())
        connection.close()

    def _say(self, statement: Callable[[], object]) -> bool:
        try:
            statement()
        except (DatabaseError, InterfaceError) as error:
            # The worker goes on without it; its row is then stale.
            self._outage.met(str(error))
            connection.close()
            return False
        return True

    def _write(self) -> None:
        fields = {
            "pid": os.getpid(),
            "seen_at": Now(),
            "last_step_at": self._last_step_at(),
            "is_ready": self._is_ready(),
            "pause_reason": self._pause_reason(),
        }
        # A row that is gone was deleted by a process of the same name, a prune or a restore.
        if self._registered and self._rows().update(**fields):
            return
        restart = {"started_at": self._started_at, "restarts": F("restarts") + 1}
        if not self._rows().update(**fields, **restart):
            WorkerInstance.objects.create(
                name=self.name, instance=self.instance, started_at=self._started_at, **fields
            )
        self._registered = True

    def _rows(self) -> models.QuerySet[WorkerInstance]:
        return WorkerInstance.objects.filter(name=self.name, instance=self.instance)

    def _last_step_at(self) -> CombinedExpression:
        return Now() - timedelta(seconds=time.monotonic() - self._last_step())

    def _touch_health_file(self) -> None:
        """Update the file whose age a container's health check reads, without Django."""
        fresh = time.monotonic() - self._last_step() < STALE_AFTER.total_seconds()
        if not (settings.HEALTH_FILE and self._is_ready() and fresh):
            return
        try:
            Path(settings.HEALTH_FILE).touch()
        except OSError as error:  # For instance a full disk: the age of the file shows it.
            self._untouched.met(str(error))
        else:
            self._untouched.over()


def forget_all() -> None:
    """Delete every row. Call this only if no process runs."""
    WorkerInstance.objects.all().delete()


def seen_lately() -> Q:
    """Return the condition for running instances, by the database's clock, which wrote the rows.

    A heartbeat in the future is older than a clock that was set back: its process may be dead.
    """
    return Q(seen_at__gt=Now() - STALE_AFTER, seen_at__lt=Now() + STALE_AFTER)


def missing_workers() -> list[str]:
    """Return the names of `settings.WORKERS` without an instance that works and was seen lately."""
    seen = WorkerInstance.objects.filter(
        seen_lately(),
        is_ready=True,
        pause_reason="",
        last_step_at__gt=Now() - 2 * STALE_AFTER,
    )
    return sorted(set(settings.WORKERS) - set(seen.values_list("name", flat=True)))
