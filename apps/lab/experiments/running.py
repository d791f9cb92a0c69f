"""`Running` is one run of an experiment: it reports steps, counts, waits for hops, sets faults."""

import time
from datetime import timedelta
from functools import partial
from typing import Any

from apps.lab.experiments.recorder import Recorder
from apps.lab.faults import fault_cache
from apps.lab.feed.feed import FEED, HopDict
from apps.lab.models import Run
from apps.lab.services import switch_off, switch_on

KNOWN_WITHIN_SECONDS = 10.0
"""Seconds; a worker reads the table at once when a change is announced."""
LONGEST = timedelta(minutes=5)
"""No run takes longer: each of its waits has a limit."""


class NotRunnable(Exception):
    """The experiment lacks something that it needs; its page shows the text."""


class Running:
    """One run. Its faults apply to its own messages only, and are switched off at the end."""

    def __init__(self, run: Run, *, number: int = 0) -> None:
        self.id = run.pk
        self.trace = run.trace
        self.number = number
        self._recorder = Recorder(run.trace)
        self._began = time.monotonic()
        self._steps: list[tuple[float, str]] = []
        self._counts: list[tuple[str, str, str, bool]] = []

    def say(self, text: str) -> None:
        """Add a step to the page, with the seconds since the start."""
        self._steps.append((round(time.monotonic() - self._began, 1), text))
        Run.objects.filter(pk=self.id).update(steps=self._steps)

    def count(self, what: str, *, predicted: object, counted: object, held: bool) -> None:
        """Add a row to the table of what was predicted and counted."""
        self._counts.append((what, str(predicted), str(counted), held))
        Run.objects.filter(pk=self.id).update(counts=self._counts)

    def count_equal(self, what: str, *, predicted: object, counted: object) -> None:
        self.count(what, predicted=predicted, counted=counted, held=predicted == counted)

    def outcome(self) -> Run.State:
        held = [held for *_, held in self._counts]
        return Run.State.HELD if held and all(held) else Run.State.BROKEN

    def hops_at(self, point: str, **like: Any) -> list[HopDict]:
        """Return the hops of this run's messages at a hook (see `Recorder.hops_at`)."""
        return self._recorder.hops_at(point, **like)

    def look_for(self, point: str, *, within: float, **like: Any) -> HopDict | None:
        """Wait for such a hop; None if none comes, which may be the answer."""
        return self._recorder.wait_for(point, within=within, **like)

    def wait_for(self, point: str, *, within: float = 10.0, **like: Any) -> HopDict:
        """Wait for a hop that the experiment needs. Raises `NotRunnable`."""
        hop = self.look_for(point, within=within, **like)
        if hop is None:
            where = " ".join(str(value) for value in like.values())
            raise NotRunnable(f"No hop came from {point} {where} within {within:.0f} s.")
        return hop

    def break_at(
        self,
        point: str,
        action: str,
        *,
        worker: str,
        consumer: str = "",
        first: int | None = None,
    ) -> None:
        """Switch a fault on for this run's messages, and wait until the worker obeys it."""
        before = FEED.newest()
        fault = switch_on(
            point=point,
            action=action,
            consumer=consumer,
            first=first,
            trace=self.trace,
            lasts=LONGEST,
        )
        _wait_until_known(worker, since=fault.set_at.timestamp(), after=before)

    def mend(self, *, worker: str) -> None:
        """Switch this run's faults off, and wait until the worker obeys."""
        before = FEED.newest()
        self.mend_all()
        _wait_until_known(worker, since=0.0, after=before)

    def mend_all(self) -> None:
        switch_off(trace=self.trace)
        fault_cache.read()  # For `web`, which is this process.


def _wait_until_known(worker: str, *, since: float, after: int) -> None:
    if worker == "web":
        fault_cache.read()
        return
    places = _alive(worker)
    if not places:
        raise NotRunnable(f"No sign of life of {worker}: is it running?")
    for place in places:
        knows = partial(_knows, place=place, since=since)
        if FEED.wait_for(knows, timeout=KNOWN_WITHIN_SECONDS, after=after) is None:
            raise NotRunnable(
                f"{worker} has not read the faults within {KNOWN_WITHIN_SECONDS:.0f} s."
            )


def _alive(worker: str) -> set[tuple[str, str]]:
    now = time.monotonic()
    return {
        (name, instance)
        for name, instance, seen in FEED.processes()
        if name == worker and seen.is_there(now)
    }


def _knows(hop: HopDict, *, place: tuple[str, str], since: float) -> bool:
    is_it = hop["point"] == fault_cache.TABLE_READ and (hop["worker"], hop["instance"]) == place
    return is_it and (hop["attributes"].get("newest") or 0.0) >= since
