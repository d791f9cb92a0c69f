"""What is known of each worker's processes: from the supervisor, and from their signs of life."""

import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings

from apps.lab.feed.feed import FEED
from apps.lab.processes.compose import ComposeLine, lines
from apps.lab.processes.supervisor import WorkerProcess

STATES = {
    "running": ("state-wait", "Running, not heard"),
    "paused": ("state-wait", "Paused"),
    "stopping": ("state-wait", "Stopping"),
    "restarting": ("state-wait", "Stopping, then starting"),
    "stopped": ("state-bad", "Stopped"),
    "ended": ("state-bad", "Ended, starts again"),
}
RUNNING = ("state-ok", "Running")
SILENT = ("state-bad", "No sign of life")


@dataclass(frozen=True, kw_only=True)
class ProcessButton:
    """A button of an instance; its `place` stays, and with it the keyboard's focus."""

    place: str
    act: str
    text: str
    is_possible: bool


@dataclass(frozen=True, kw_only=True)
class ShownProcess:
    """An instance of a worker: its state in words, and what can be done."""

    name: str
    kind: str
    state: str
    pid: int | None
    note: str = ""
    buttons: tuple[ProcessButton, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ShownWorker:
    """A worker with its instances; `count` is how many it shall have, 0 if this is not known."""

    name: str
    processes: tuple[ShownProcess, ...]
    count: int = 0
    most: int = 0

    @property
    def fewer(self) -> int:
        return max(1, self.count - 1)

    @property
    def more(self) -> int:
        return min(self.most, self.count + 1)

    @property
    def lines(self) -> list[ComposeLine]:
        """What one types in compose, where this page decides nothing."""
        return lines(self.name)


def supervised(found: Iterable[WorkerProcess]) -> list[ShownWorker]:
    """Return every worker by what the supervisor says; one that it does not run by its signs."""
    of: dict[str, list[WorkerProcess]] = {}
    for each in found:
        of.setdefault(each.worker, []).append(each)
    heard, signs = _pids_heard(), {each.name: each for each in by_signs_of_life()}
    return [
        ShownWorker(
            name=name,
            processes=tuple(
                _process(each, heard) for each in sorted(of[name], key=lambda each: each.instance)
            ),
            count=sum(not each.leaves for each in of[name]),
            most=of[name][0].most,
        )
        if name in of
        else signs[name]
        for name in settings.WORKERS
    ]


def by_signs_of_life() -> list[ShownWorker]:
    """Return every worker by its processes' signs of life alone, also those just fallen silent."""
    now = time.monotonic()
    seen = sorted(FEED.processes(), key=lambda each: each[:2])
    return [
        ShownWorker(
            name=name,
            processes=tuple(
                _shown(instance, *(RUNNING if one.is_there(now) else SILENT), one.pid)
                for worker, instance, one in seen
                if worker == name
            ),
        )
        for name in settings.WORKERS
    ]


def _pids_heard() -> set[int]:
    now = time.monotonic()
    return {seen.pid for _, _, seen in FEED.processes() if seen.is_there(now)}


def _shown(name: str, kind: str, state: str, pid: int) -> ShownProcess:
    return ShownProcess(name=name, kind=kind, state=state, pid=pid)


def _process(found: WorkerProcess, heard: set[int]) -> ShownProcess:
    is_well = found.state == "running" and found.pid in heard
    kind, state = RUNNING if is_well else STATES[found.state]
    return ShownProcess(
        name=str(found.instance),
        kind=kind,
        state="Leaving" if found.leaves else state,
        pid=found.pid,
        note=_note(found),
        buttons=() if found.leaves else tuple(_buttons(found.possible)),
    )


def _buttons(possible: tuple[str, ...]) -> Iterator[ProcessButton]:
    turn = "stop" if "stop" in possible else "start"
    hold = "continue" if "continue" in possible else "pause"
    for place, act in (("turn", turn), ("hold", hold), ("kill", "kill")):
        yield ProcessButton(
            place=place, act=act, text=act.capitalize(), is_possible=act in possible
        )


def _note(found: WorkerProcess) -> str:
    """Return how its last end came that was not asked for, and what followed."""
    if not found.died_at or found.exit_code is None:
        return ""
    code = found.exit_code
    how = f"Killed by {signal.Signals(-code).name}" if code < 0 else f"Ended with code {code}"
    at = datetime.fromtimestamp(found.died_at, UTC)
    then = "the supervisor starts it again" if found.state == "ended" else _AFTER[bool(found.pid)]
    return f"{how} at {at:%H:%M:%S} UTC, and {then}."


_AFTER = {True: "started again by the supervisor", False: "stopped before it was started again"}
