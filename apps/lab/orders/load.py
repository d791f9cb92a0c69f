"""Load: a thread of `web` places real orders, up to 50 a second, and cancels each after 20 s."""

import fcntl
import logging
import threading
import time
from collections import deque
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.db import close_old_connections, connection

from apps.lab import queries
from apps.lab.orders.shopping import buy, give_back, in_stock, some

logger = logging.getLogger(__name__)

KEPT_FOR = 20.0
"""Seconds after which an order is cancelled, so that its stock comes back."""
LOOK_EVERY_SECONDS = 1.0


class Driver:
    """One thread of one process: the process that has locked a file."""

    def __init__(self) -> None:
        self._lock_file: IO[str] | None = None
        self._orders: deque[tuple[float, UUID]] = deque()
        self._placed = self._failed = self._cancelled = 0
        self._error = ""

    def begin(self) -> None:
        """Start the thread; call it once in each process."""
        threading.Thread(target=self._run, name="load", daemon=True).start()

    def counts(self) -> dict[str, Any]:
        """Return how many orders it placed, failed to place and cancelled, and the last error."""
        return {
            "placed": self._placed,
            "failed": self._failed,
            "cancelled": self._cancelled,
            "error": self._error,
        }

    def _run(self) -> None:
        while True:
            began = time.monotonic()
            try:
                close_old_connections()
                self.work(queries.load_rate())
            except Exception as error:  # It goes on after any error; the page shows the last one.
                logger.exception("load failed", extra={"error": repr(error)})
                self._note(repr(error))
                connection.close()
            time.sleep(max(0.0, began + LOOK_EVERY_SECONDS - time.monotonic()))

    def work(self, rate: int) -> None:
        """Place `rate` orders, evenly over a second, and cancel those that are old enough.

        They are cancelled between the others: all at once would delay the next second's orders.
        """
        if not (rate or self._orders) or not self._is_ours():
            return
        skus, began = in_stock() if rate else [], time.monotonic()
        if rate and not skus:
            self._note("nothing is in stock")
        for number in range(rate if skus else 0):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            if time.monotonic() - began > LOOK_EVERY_SECONDS:
                break  # The shop is slower than the rate: the rest is not placed later.
            self._place(some(skus))
            self._cancel()
        self._cancel()

    def _place(self, skus: list[str]) -> None:
        bought = buy(*skus)
        if bought.order is None:
            self._note(bought.error)
            return
        self._placed += 1
        self._orders.append((time.monotonic(), bought.order))

    def _cancel(self) -> None:
        while self._orders and time.monotonic() - self._orders[0][0] > KEPT_FOR:
            _, order = self._orders.popleft()
            if error := give_back(order):
                self._note(error)
            self._cancelled += 1

    def _note(self, error: str) -> None:
        self._failed += 1
        self._error = error[:300]

    def _is_ours(self) -> bool:
        """Take the lock; the kernel gives it back when this process ends, however it does."""
        if self._lock_file is None:
            self._lock_file = (settings.DEMO_DIR / "load.lock").open("a")
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


DRIVER = Driver()
