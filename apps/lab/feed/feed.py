"""The feed: in the memory of `web`, the last hops of all processes, and which of them live."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from apps.lab.feed.hops import Hop, SignOfLife
from apps.lab.map.topology import shown

KEPT = 4000
"""Hops."""
SILENT_AFTER = 3.5
"""Seconds; a process says each second that it lives."""
RED_FOR = 4.0
"""A process that died and is back already is shown as dead for so long, so that one sees it."""
FORGOTTEN_AFTER = 60.0
"""Seconds of silence: a container has another instance's name when it comes back."""

type HopDict = dict[str, Any]
"""A hop as it was told (`hops.Hop`); `n`, its number here; and where the map has it, `shown`."""


@dataclass
class SeenProcess:
    """A process in one place, when it was last heard, and when one died there."""

    pid: int
    heard_at: float
    died_at: float = 0.0
    deaths: int = 0

    def is_there(self, now: float) -> bool:
        return now - self.heard_at <= SILENT_AFTER

    def is_new(self, now: float) -> bool:
        """Whether it has just taken the place of one that died."""
        return self.deaths > 0 and now - self.died_at < RED_FOR


class Feed:
    """Filled by NATS's thread, read by requests; it keeps the last `KEPT` hops."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._hops: deque[HopDict] = deque(maxlen=KEPT)
        # Numbers go on rising over a restart, so that a window knows what it has.
        self._n = int(time.time() * 1000)
        self._seen: dict[tuple[str, str], SeenProcess] = {}

    def add_hop(self, body: bytes) -> HopDict:
        """Keep a hop, and wake who waits. Raises `MessageUnreadable` where it is none."""
        hop = Hop.read(body).model_dump()
        place = shown(
            **{name: hop[name] for name in ("point", "worker", "consumer", "destination")}
        )
        with self._changed:
            self._n += 1
            heard = {**hop, "n": self._n, "shown": place}
            self._hops.append(heard)
            self._changed.notify_all()
        return heard

    def add_sign_of_life(self, body: bytes) -> None:
        """Note that a process lives. Raises `MessageUnreadable` where it is no sign of life."""
        who, now = SignOfLife.read(body), time.monotonic()
        # Several processes of `web` may share a place, and none of them has replaced another.
        instance = str(who.pid) if who.worker == "web" else who.instance
        place = (who.worker, instance)
        with self._changed:
            seen = self._seen.setdefault(place, SeenProcess(pid=who.pid, heard_at=now))
            if seen.pid != who.pid:
                seen.pid, seen.died_at, seen.deaths = who.pid, now, seen.deaths + 1
            seen.heard_at = now

    def newest(self) -> int:
        """Return the number of the last hop, from which on `after` tells what is new."""
        return self._n

    def after(self, n: int, *, timeout: float = 0.0) -> list[HopDict]:
        """Return the hops after number `n`; where there are none, wait up to `timeout` seconds."""
        with self._changed:
            if timeout and not self._has_after(n):
                self._changed.wait(timeout)
            newer = list(takewhile(lambda hop: hop["n"] > n, reversed(self._hops)))
        return newer[::-1]

    def of_trace(self, trace: str) -> list[HopDict]:
        """Return the hops of a trace, the oldest first; an empty trace has none."""
        with self._changed:
            # A copy takes microseconds; who looks through it must not keep NATS's thread waiting.
            hops = list(self._hops)
        return [hop for hop in hops if trace and hop["trace"] == trace]

    def wait_for(
        self, is_it: Callable[[HopDict], bool], *, timeout: float, after: int = 0
    ) -> HopDict | None:
        """Return the first hop of that kind, or None where none comes within `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            hops = self.after(after, timeout=max(0.0, deadline - time.monotonic()))
            for hop in hops:
                if is_it(hop):
                    return hop
            after = hops[-1]["n"] if hops else after
            if time.monotonic() >= deadline:
                return None

    def processes(self) -> Iterator[tuple[str, str, SeenProcess]]:
        """Yield worker, instance and what was seen of it; who was silent for long is forgotten."""
        now = time.monotonic()
        with self._changed:
            places = list(self._seen.items())
            for place, seen in places:
                if now - seen.heard_at > FORGOTTEN_AFTER:
                    del self._seen[place]
        yield from ((*place, seen) for place, seen in places)

    def _has_after(self, n: int) -> bool:
        return bool(self._hops) and self._hops[-1]["n"] > n


FEED = Feed()
