"""What waits in the outbox, in the streams and in the queues, over the last two minutes."""

import threading
from collections import deque
from typing import Any

from apps.lab.feed.figures import SECONDS

_KINDS = ("outbox", "events", "jobs")


class Lag:
    """A reading a second while a window is open; kept in memory, as the figures are."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: deque[tuple[int, dict[str, int | None]]] = deque(maxlen=2 * SECONDS)

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
        seconds = [readings.get(end - SECONDS + place, {}) for place in range(SECONDS)]
        newest = readings[max(readings)] if readings else {}
        return {
            **{kind: [each.get(kind) for each in seconds] for kind in _KINDS},
            "newest": {kind: newest.get(kind) for kind in _KINDS},
        }


LAG = Lag()


def _sum(parts: list[dict[str, Any]], *names: str) -> int | None:
    """Return the sum over all parts; None if none has answered."""
    found = [part[name] for part in parts for name in names if name in part]
    return sum(found) if found else None
