"""Keeps the hops of one trace, an experiment's own, while it runs."""

import time
from typing import Any

from apps.lab.feed.feed import FEED, HopDict


class Recorder:
    """Keeps all hops of a trace: under load the feed drops them within seconds."""

    def __init__(self, trace: str) -> None:
        self._trace = trace
        self._after = FEED.newest()
        self._kept: list[HopDict] = []

    def hops_at(self, point: str, **like: Any) -> list[HopDict]:
        """Return the hops at a hook so far with these values, such as `consumer="sales"`."""
        self._listen(0.0)
        return [hop for hop in self._kept if _is_like(hop, {"point": point, **like})]

    def wait_for(self, point: str, *, within: float, **like: Any) -> HopDict | None:
        """Return the first such hop, also an earlier one; None after `within` seconds."""
        deadline = time.monotonic() + within
        while not (found := self.hops_at(point, **like)):
            if (left := deadline - time.monotonic()) <= 0:
                return None
            self._listen(min(left, 0.5))
        return found[0]

    def _listen(self, timeout: float) -> None:
        hops = FEED.after(self._after, timeout=timeout)
        if hops:
            self._after = hops[-1]["n"]
        self._kept += [hop for hop in hops if hop["trace"] == self._trace]


def _is_like(hop: HopDict, like: dict[str, Any]) -> bool:
    return all(hop[name] == value for name, value in like.items())
