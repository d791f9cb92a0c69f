"""Load: a thread of `web` places real orders, up to 50 a second, and gives their stock back."""

import fcntl
import logging
import math
import threading
import time
from collections import deque
from typing import IO, Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import close_old_connections, connection

from apps.lab import queries
from apps.lab.orders.shopping import buy, deliver_again, give_back, in_stock, some

logger = logging.getLogger(__name__)

KEPT_FOR = 20.0
"""Seconds after which the stock of an order comes back: it is cancelled, or delivered again."""
LOOK_EVERY_SECONDS = 1.0
GROUPS = 5
"""A second. The orders of a group follow each other at once, so that the relay and the consumers
can handle them together. The first order of each group is shown, and cancelled in the end."""
HOLDS_OVER = 10
"""Seconds for which it is said how many orders the machine holds."""


class _Placed(NamedTuple):
    """An order, when it was placed, and whether the lab shows its messages."""

    at: float
    order: UUID
    skus: list[str]
    is_shown: bool


class Driver:
    """One thread of one process: the process that has locked a file."""

    def __init__(self) -> None:
        self._lock_file: IO[str] | None = None
        self._orders: deque[_Placed] = deque()
        self._placed = self._failed = self._cancelled = 0
        self._seconds: deque[tuple[int, int]] = deque(maxlen=HOLDS_OVER)
        """Of each second of the load: how many orders it wanted, and for how many it had time."""
        self._error = ""

    def begin(self) -> None:
        """Start the thread; call it once in each process."""
        threading.Thread(target=self._run, name="load", daemon=True).start()

    def counts(self) -> dict[str, Any]:
        """Return how many orders it placed, failed to place and cancelled, and the last error.

        `holds` is how many it had time for a second, if that was fewer than it should place.
        """
        return {
            "holds": self._holds(),
            "placed": self._placed,
            "failed": self._failed,
            "cancelled": self._cancelled,
            "error": self._error,
        }

    def _run(self) -> None:
        began = time.monotonic()
        while True:
            began = self.turn(began)

    def turn(self, began: float) -> float:
        """Work for the second that began then; return when the next one begins.

        That is a second later, also if this one took a little longer: otherwise what follows its
        last order would be missing at the rate. A whole second that is missed is not made up.
        """
        try:
            close_old_connections()
            self.work(queries.load_rate(), began)
        except Exception as error:  # It goes on after any error; the page shows the last one.
            logger.exception("load failed", extra={"error": repr(error)})
            self._note(repr(error))
            connection.close()
        next_one, now = began + LOOK_EVERY_SECONDS, time.monotonic()
        time.sleep(max(0.0, next_one - now))
        return next_one if now < next_one + LOOK_EVERY_SECONDS else now

    def work(self, rate: int, began: float | None = None) -> None:
        """Place `rate` orders, in groups over a second, and end those that are old enough.

        These end between the others: all at once would delay the next second's orders. The second
        begins now, or has begun at that time (`time.monotonic`).
        """
        began = time.monotonic() if began is None else began
        if not rate:
            self._seconds.clear()
        if not (rate or self._orders) or not self._is_ours():
            return
        skus = in_stock() if rate else []
        if skus:
            self._seconds.append((rate, self._place_for_a_second(rate, skus, began)))
        elif rate:
            self._note("nothing is in stock")
        self._end_old()

    def _place_for_a_second(self, rate: int, skus: list[str], began: float) -> int:
        """Place them, and end old ones between; return for how many there was time."""
        group = math.ceil(rate / GROUPS)
        for number in range(rate):
            is_first = number % group == 0
            if is_first:
                self._end_old()
                time.sleep(max(0.0, began + number / rate - time.monotonic()))
            if time.monotonic() - began > LOOK_EVERY_SECONDS:
                return number  # The shop is slower than the rate: the rest is not placed later.
            self._place(some(skus), is_shown=is_first)
        return rate

    def _place(self, skus: list[str], *, is_shown: bool) -> None:
        bought = buy(*skus, is_shown=is_shown)
        if bought.order is None:
            self._note(bought.error)
            return
        self._placed += 1
        self._orders.append(_Placed(time.monotonic(), bought.order, skus, is_shown))

    def _end_old(self) -> None:
        """Cancel the shown ones, as customers do; the pieces of the others are delivered again."""
        old = []
        while self._orders and time.monotonic() - self._orders[0].at > KEPT_FOR:
            old.append(self._orders.popleft())
        delivered = deliver_again({each.order: each.skus for each in old if not each.is_shown})
        for each in old:
            if each.order not in delivered:
                self._cancel(each)

    def _cancel(self, old: _Placed) -> None:
        if error := give_back(old.order, is_shown=old.is_shown):
            self._note(error)
        self._cancelled += 1

    def _holds(self) -> int | None:
        seconds = [*self._seconds]
        if all(wanted == had for wanted, had in seconds):
            return None
        return round(sum(had for _, had in seconds) / len(seconds))

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
