"""What a person does with the workers: stop, pause, continue, kill, start, and scale to 1 to 5."""

import math
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from apps.demo.supervisor.process import Process
from apps.demo.supervisor.supervising import Supervisor
from apps.messaging.errors import MessageUnreadable
from apps.messaging.message import Payload

MOST_IN_ALL = 30
"""Processes of all workers together, twice as many as there are at the start."""
POSSIBLE = {
    "running": ("stop", "pause", "kill"),
    "paused": ("stop", "continue", "kill"),
    "stopping": ("start", "kill"),
    "restarting": ("stop", "kill"),
    "stopped": ("start",),
    "ended": ("stop", "start"),
}
"""State → what can be done.

`ended` starts again by itself, `stopped` never does. `stopping` and `restarting` are about to end:
one stays stopped then, and the other starts.
"""
ACTS = ("start", "stop", "pause", "continue", "kill")


class NotDone(Exception):
    """The request has no effect; the text says why, and what to do."""


class WorkerRequest(Payload):
    """A request: an act on an instance, `scale` to `count`, `restore` all, or `look`."""

    act: str
    worker: str = ""
    instance: int = 1
    count: int = 1


class WorkersByHand:
    """The workers among the supervisor's processes, and nothing else of them.

    `instances` maps their names to how many there are at the start.
    """

    def __init__(self, supervisor: Supervisor, instances: Mapping[str, int]) -> None:
        self._supervisor = supervisor
        self._instances = instances

    def answer(self, body: bytes) -> dict[str, Any]:
        """Do what is asked; return every worker's state, and the error if nothing was done."""
        error = ""
        try:
            self._do(WorkerRequest.read(body))
        except (NotDone, MessageUnreadable) as reason:
            error = str(reason)
        return {"error": error, "workers": [_row(each) for each in self._processes()]}

    def _do(self, asked: WorkerRequest) -> None:
        if asked.act == "look":
            return
        if asked.act == "restore":
            self._restore()
            return
        if asked.act not in {*ACTS, "scale"}:
            known = ", ".join([*ACTS, "scale", "restore", "look"])
            raise NotDone(f"There is no act {asked.act[:50]!r}: {known} are known.")
        processes = self._of(asked.worker)
        if asked.act == "scale":
            self._scale(processes, asked.count, most=MOST_IN_ALL)
            what = f"scaled to {asked.count}"
        else:
            _act(asked.act, _numbered(processes, asked.instance))
            what = f"{asked.act}, instance {asked.instance}"
        self._supervisor.output.notice(f"{asked.worker}: {what}, as asked by hand")

    def _processes(self) -> Iterator[Process]:
        yield from (
            each for each in self._supervisor.processes if each.program.name in self._instances
        )

    def _of(self, worker: str) -> list[Process]:
        if found := [each for each in self._processes() if each.program.name == worker]:
            return found
        if worker in self._instances:
            raise NotDone(f"{worker} is not run by this supervisor: it was left out at the start.")
        raise NotDone(
            f"There is no worker {worker[:50]!r}: {', '.join(self._instances)} are known."
        )

    def _scale(self, processes: list[Process], count: int, *, most: float) -> None:
        program = processes[0].program
        if not 1 <= count <= program.most:
            raise NotDone(f"{program.name} has 1 to {program.most} instances, and not {count}.")
        there = {each.program.number: each for each in processes}
        kept = sorted(number for number, each in there.items() if each.keep)
        for number in kept[count:]:
            self._remove(there[number])
        free = [number for number in range(1, program.most + 1) if number not in kept]
        wanted = free[: max(0, count - len(kept))]
        new = [number for number in wanted if number not in there]
        if new and len(list(self._processes())) + len(new) > most:
            raise NotDone(f"All workers together have at most {most} processes.")
        for number in set(wanted) - set(new):  # It is still about to leave.
            there[number].keep, there[number].is_stopped = True, False
        self._supervisor.start(*(replace(program, instance=str(number)) for number in new))

    def _restore(self) -> None:
        """Have every worker run, and as many instances of it as at the start.

        No limit refuses it: others that are too many may still be about to leave.
        """
        for worker, count in self._instances.items():
            if processes := [each for each in self._processes() if each.program.name == worker]:
                self._scale(processes, count, most=math.inf)
            for each in processes:
                if each.keep and each.is_stopped:
                    _act("start", each)
                elif each.keep and each.is_paused:
                    _act("continue", each)
        self._supervisor.output.notice("all workers as at the start, as asked by hand")

    def _remove(self, process: Process) -> None:
        process.keep = False
        if process.pid is None:
            self._supervisor.processes.remove(process)
        else:
            process.stop()


def _row(process: Process) -> dict[str, Any]:
    return {
        "worker": process.program.name,
        "instance": process.program.number,
        "state": _state_of(process),
        "possible": POSSIBLE[_state_of(process)],
        "pid": process.pid,
        "most": process.program.most,
        "leaves": not process.keep,
        "died_at": process.died_at,
        "exit_code": process.exit_code,
        "starts_in": max(0.0, process.due - time.monotonic()),
    }


def _state_of(process: Process) -> str:
    if process.pid is None:
        return "stopped" if process.is_stopped else "ended"
    if process.is_asked_to_end:
        return "stopping" if process.is_stopped else "restarting"
    return "paused" if process.is_paused else "running"


def _numbered(processes: list[Process], number: int) -> Process:
    for each in processes:
        if each.program.number == number and each.keep:
            return each
    there = ", ".join(str(each.program.number) for each in processes if each.keep)
    raise NotDone(f"{processes[0].program.name} has no instance {number}: there are {there}.")


def _act(act: str, process: Process) -> None:
    """Do it to the process. Raises `NotDone`."""
    state = _state_of(process)
    if act not in POSSIBLE[state]:
        raise NotDone(
            f"Instance {process.program.number} of {process.program.name} is {state}, so it cannot "
            f"{act}: {' or '.join(POSSIBLE[state])} can be done."
        )
    match act:
        case "start":
            process.is_stopped, process.due = False, 0.0
        case "stop":
            process.stop()
        case "pause":
            process.pause()
        case "continue":
            process.go_on()
        case "kill":
            process.send(signal.SIGKILL)
