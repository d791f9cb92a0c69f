"""What waits in the outbox, in the streams and in the queues, over the last two minutes."""

import threading
from collections import deque
from collections.abc import Mapping
from typing import Any

from apps.lab.feed.figures import SECONDS

HOLDS_FOR = 4
"""Seconds for which a reading counts: a busy machine reads less often than once a second."""
_KINDS = ("outbox", "events", "jobs")

type _Lags = dict[str, int | None]


class Lag:
    """A reading a second while a window is open; kept in memory, as the figures are."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: deque[tuple[int, _Lags]] = deque(maxlen=2 * SECONDS)

    def add(self, at: float, status: dict[str, Any]) -> None:
        """Store the shop's status of Unix time `at`; a part that did not answer is None."""
        outbox = status["outbox"]
        found = {
            "outbox": outbox["unsent"] if outbox else None,
            "events": _sum(status["consumers"], "pending", "ack_pending"),
            "jobs": _sum(status["queues"], "visible", "in_flight"),
        }
        with self._lock:
            self._read.append((int(at), found))

    def as_dict(self, end: int) -> dict[str, Any]:
        """Return a value for each second up to `end`, the oldest first, and the `newest` values.

        A value is None if no window was open then, or the part did not answer.
        """
        with self._lock:
            readings = dict(self._read)
        seconds = [_at(end - SECONDS + place, readings) for place in range(SECONDS)]
        newest = readings[max(readings)] if readings else {}
        return {
            **{kind: [each.get(kind) for each in seconds] for kind in _KINDS},
            "newest": {kind: newest.get(kind) for kind in _KINDS},
        }


LAG = Lag()


def _at(second: int, readings: Mapping[int, _Lags]) -> _Lags:
    """Return the last reading until then that still counts; empty if there is none."""
    recent = (readings.get(second - ago) for ago in range(HOLDS_FOR))
    return next((each for each in recent if each), {})


def _sum(parts: list[dict[str, Any]], *names: str) -> int | None:
    """Return the sum over all parts; None if none has answered."""
    found = [part[name] for part in parts for name in names if name in part]
    return sum(found) if found else None
