"""The feed: the last hops of all processes, and which processes run, in the memory of `web`."""

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
SILENT_AFTER_SECONDS = 4.5
"""Seconds without a sign of life, of which a process sends one every two seconds."""
RED_FOR = 4.0
"""Seconds for which a process that replaces a dead one is shown in red, so that it is seen."""
FORGOTTEN_AFTER_SECONDS = 60.0
"""Seconds of silence: a container that restarts has another instance's name."""

type HopDict = dict[str, Any]
"""A `hops.Hop` as a dict, with its number `n` in this feed and its place on the map, `shown`."""


@dataclass
class SeenProcess:
    """A process of a worker and instance: its last report, and the time of the last death."""

    pid: int
    heard_at: float
    died_at: float = 0.0
    deaths: int = 0

    def is_there(self, now: float) -> bool:
        return now - self.heard_at <= SILENT_AFTER_SECONDS

    def is_new(self, now: float) -> bool:
        """Return whether it has just replaced a process that died."""
        return self.deaths > 0 and now - self.died_at < RED_FOR


class Feed:
    """Keeps the last `KEPT` hops: NATS's thread adds them, requests read them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._hops: deque[HopDict] = deque(maxlen=KEPT)
        # The numbers rise over a restart too: a window asks for hops after the last that it has.
        self._n = int(time.time() * 1000)
        self._seen: dict[tuple[str, str], SeenProcess] = {}

    def add_hop(self, body: bytes) -> HopDict:
        """Store a hop, and wake the threads that wait. Raises `MessageUnreadable`."""
        hop = Hop.read(body).model_dump()
        place = shown(
            **{name: hop[name] for name in ("point", "worker", "consumer", "destination")}
        )
        with self._changed:
            self._n += 1
            numbered = {**hop, "n": self._n, "shown": place}
            self._hops.append(numbered)
            self._changed.notify_all()
        return numbered

    def add_sign_of_life(self, body: bytes) -> None:
        """Store that a process runs. Raises `MessageUnreadable`."""
        who, now = SignOfLife.read(body), time.monotonic()
        # Several processes of `web` have one instance's name, and none has replaced another.
        instance = str(who.pid) if who.worker == "web" else who.instance
        place = (who.worker, instance)
        with self._changed:
            seen = self._seen.setdefault(place, SeenProcess(pid=who.pid, heard_at=now))
            if seen.pid != who.pid:
                seen.pid, seen.died_at, seen.deaths = who.pid, now, seen.deaths + 1
            seen.heard_at = now

    def newest(self) -> int:
        """Return the number of the last hop: `after` returns the hops that follow it."""
        return self._n

    def after(self, n: int, *, timeout: float = 0.0) -> list[HopDict]:
        """Return the hops after number `n`; if there are none, wait up to `timeout` seconds."""
        with self._changed:
            if timeout and not self._has_after(n):
                self._changed.wait(timeout)
            newer = list(takewhile(lambda hop: hop["n"] > n, reversed(self._hops)))
        return newer[::-1]

    def of_trace(self, trace: str) -> list[HopDict]:
        """Return the hops of a trace, the oldest first; an empty trace has none."""
        with self._changed:
            # A copy takes microseconds: the search must not keep NATS's thread waiting.
            hops = list(self._hops)
        return [hop for hop in hops if trace and hop["trace"] == trace]

    def wait_for(
        self, is_it: Callable[[HopDict], bool], *, timeout: float, after: int = 0
    ) -> HopDict | None:
        """Return the first hop for which `is_it` is true; None after `timeout` seconds."""
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
        """Yield worker, instance and its process; drop those that were silent for too long."""
        now = time.monotonic()
        with self._changed:
            places = list(self._seen.items())
            for place, seen in places:
                if now - seen.heard_at > FORGOTTEN_AFTER_SECONDS:
                    del self._seen[place]
        yield from ((*place, seen) for place, seen in places)

    def _has_after(self, n: int) -> bool:
        return bool(self._hops) and self._hops[-1]["n"] > n


FEED = Feed()
