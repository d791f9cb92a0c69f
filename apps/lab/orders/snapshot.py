"""The state of all parts, read once a second for all windows, while one is open."""

import logging
import math
import threading
import time
from collections import Counter
from typing import Any

from django.db import connection

from apps.lab import queries
from apps.lab.feed.feed import FEED
from apps.lab.feed.figures import FIGURES
from apps.lab.feed.lag import LAG
from apps.lab.map.node_facts import facts_of
from apps.lab.orders.load import DRIVER
from apps.lab.processes import supervisor
from apps.messaging.operations.status import status

logger = logging.getLogger(__name__)

EVERY = 1.0
IDLE_AFTER_SECONDS = 5.0


class Snapshot:
    """A thread that reads the state while windows ask for it, and ends when none does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: dict[str, Any] = {}
        self._asked_at = 0.0
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def current(self) -> dict[str, Any]:
        """Return the newest state; empty at the start."""
        with self._lock:
            self._asked_at = time.monotonic()
            self._stopping.clear()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="snapshot", daemon=True)
                self._thread.start()
        return self._state

    def stop(self, *, within: float) -> None:
        """End the thread now, and wait at most so many seconds for it: it asks all servers."""
        with self._lock:
            thread, self._asked_at = self._thread, -math.inf
            self._stopping.set()
        if thread:
            thread.join(within)

    def _run(self) -> None:
        while self._is_wanted():
            try:
                self._state = state()
            except Exception as error:  # A part is away; the next reading may succeed.
                logger.warning("state not read", exc_info=True, extra={"error": repr(error)})
                connection.close()
            self._stopping.wait(EVERY)
        connection.close()

    def _is_wanted(self) -> bool:
        with self._lock:
            if time.monotonic() - self._asked_at < IDLE_AFTER_SECONDS:
                return True
            # Under the lock: a request that comes later starts a new thread.
            self._thread, self._state = None, {}
            return False


SNAPSHOT = Snapshot()


def state() -> dict[str, Any]:
    """Return the shop's status, the running workers by their signs of life, and the switches."""
    shop = status()
    parts = ("streams", "consumers", "queues", "outbox", "dead_letters", "problems")
    at, figures = time.time(), FIGURES.as_dict()
    LAG.add(at, shop)
    now = {
        "at": at,
        "workers": workers(),
        **{part: shop[part] for part in parts},
        "switches": queries.switches(),
        "load": DRIVER.counts(),
        "figures": figures,
        "lag": LAG.as_dict(figures["end"]),
    }
    return {**now, "nodes": facts_of(now)}


def workers() -> dict[str, dict[str, int]]:
    """Return for each worker how many run, how many are expected, and how many died.

    `red` counts those that are missing, and for some seconds those that replace a dead one.
    """
    now = time.monotonic()
    alive: Counter[str] = Counter()
    new: Counter[str] = Counter()
    deaths: Counter[str] = Counter()
    for worker, _, seen in FEED.processes():
        alive[worker] += seen.is_there(now)
        new[worker] += seen.is_there(now) and seen.is_new(now)
        deaths[worker] += seen.deaths
    return {
        name: {
            "alive": alive[name] - new[name],
            "expected": count,
            "red": max(0, count - alive[name]) + new[name],
            "deaths": deaths[name],
        }
        for name, count in {"web": 1, **supervisor.expected()}.items()
    }
