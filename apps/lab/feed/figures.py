"""Orders placed and confirmed in the last two minutes, and the time between, from the hops."""

import math
import threading
import time
from collections.abc import Sequence
from typing import Any

from apps.lab.feed.feed import HopDict
from apps.lab.feed.hops import COUNTED_POINT
from apps.orders.events import OrderConfirmed, OrderPlaced

SECONDS = 120
BIN = 5
"""Seconds of one percentile: a single second may have no order, or one."""
KEPT = 20_000
"""Orders; the oldest are dropped above it, also while no page is open."""


class LoadFigures:
    """Filled by NATS's thread; kept in memory, so that a reload shows the same chart."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._placed: dict[str, float] = {}
        self._confirmed: dict[str, float] = {}

    def add(self, hop: HopDict) -> None:
        """Store when an order's event was recorded: placed, or confirmed."""
        if hop["point"] != COUNTED_POINT or not hop["key"]:
            return
        with self._lock:
            if hop["destination"] == OrderPlaced.subject:
                _keep(self._placed, hop)
            elif hop["destination"] == OrderConfirmed.subject:
                # A transaction may be rolled back and done again: the last time counts.
                _keep(self._confirmed, hop)

    def as_dict(self, now: float | None = None) -> dict[str, Any]:
        """Return counts for each second, the oldest first, and milliseconds for each bin."""
        end = int(time.time() if now is None else now)
        with self._lock:
            self._forget(end - SECONDS - 60)
            placed, confirmed = list(self._placed.values()), dict(self._confirmed)
            began = {key: self._placed.get(key) for key in confirmed}
        took = [
            (at, max(0.0, at - start) * 1000)
            for key, at in confirmed.items()
            if (start := began[key]) is not None and end - SECONDS <= at < end
        ]
        all_of_them = [ms for _, ms in took]
        return {
            "placed": _by_second(placed, end),
            "confirmed": _by_second(list(confirmed.values()), end),
            "p50": _by_bin(took, end, 0.50),
            "p95": _by_bin(took, end, 0.95),
            "end": end,
            "count": len(all_of_them),
            "p50_all": percentile(all_of_them, 0.50),
            "p95_all": percentile(all_of_them, 0.95),
        }

    def _forget(self, before: float) -> None:
        for kept in (self._placed, self._confirmed):
            for key in [key for key, at in kept.items() if at < before]:
                del kept[key]


FIGURES = LoadFigures()


def _keep(times: dict[str, float], hop: HopDict) -> None:
    times[hop["key"]] = hop["at"]
    if len(times) > KEPT:
        del times[next(iter(times))]  # The oldest.


def percentile(values: Sequence[float], part: float) -> int | None:
    """Return the value that this share of them does not exceed; None if there are none."""
    if not values:
        return None
    return round(sorted(values)[math.ceil(part * len(values)) - 1])


def _by_second(times: Sequence[float], end: int) -> list[int]:
    counts = [0] * SECONDS
    for at in times:
        if 0 <= (place := int(at) - (end - SECONDS)) < SECONDS:
            counts[place] += 1
    return counts


def _by_bin(took: Sequence[tuple[float, float]], end: int, part: float) -> list[int | None]:
    # Bins stand still while the picture moves: they begin at multiples of their length.
    first = (end - SECONDS) // BIN
    bins: list[list[float]] = [[] for _ in range(SECONDS // BIN + 1)]
    for at, ms in took:
        bins[int(at) // BIN - first].append(ms)
    return [percentile(each, part) for each in bins]
