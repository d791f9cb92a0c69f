"""Measure a process from outside: how fast a number grows, and the processor time that it took.

The rate is taken between two changes of the number. So neither the start of a process counts, nor
the part of a batch that the end of the measurement cuts off.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.kit.errors import BenchError
from bench.kit.processes import Process, cpu_seconds
from bench.kit.stage import Stage
from tests.support.waiting import crowding

type Sample = dict[str, float]
"""What one round of one case gave: metric -> value."""

_WARM_UP = 25
_STARTS_WITHIN_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class _Mark:
    done: int
    at: float
    workers: float
    servers: float


def watch(
    stage: Stage,
    done: Callable[[], int],
    *,
    goal: int,
    seconds: float,
    workers: Sequence[Process],
    look_every: float = 0.02,
) -> Sample:
    """Return items per second (`rate`), and microseconds of CPU per item.

    `cpu_us` is that of the workers, `servers_us` that of PostgreSQL and nats-server. It begins with
    the first few items, and ends at the goal, or `seconds` later; what does not begin is given up.
    Raises `BenchError` if a worker ends.
    """
    began = time.monotonic()
    first = last = None
    while last is None or last.done < goal:
        count, now = done(), time.monotonic()
        if count != (last.done if last else 0):
            last = _mark(stage, workers, done=count, at=now)
            if first is None and count >= min(_WARM_UP, max(1, goal // 20)):
                first = last
        if any(worker.poll() is not None for worker in workers):
            raise BenchError(f"a process ended at {count} of {goal}: {tail(stage)}")
        if now > (first.at if first else began + _STARTS_WITHIN_SECONDS * crowding()) + seconds:
            break
        time.sleep(look_every)
    return _between(first, last, waited=time.monotonic() - began)


def _mark(stage: Stage, workers: Sequence[Process], *, done: int, at: float) -> _Mark:
    return _Mark(
        done=done,
        at=at,
        workers=cpu_seconds(worker.pid for worker in workers),
        servers=cpu_seconds(stage.server_pids),
    )


def _between(first: _Mark | None, last: _Mark | None, *, waited: float) -> Sample:
    """Return the sample between two marks; with less than two, what was done in all the time."""
    if first is None or last is None or last is first:
        return {"rate": (last.done if last else 0) / waited}
    items = last.done - first.done
    return {
        "rate": items / (last.at - first.at),
        "cpu_us": (last.workers - first.workers) / items * 1e6,
        "servers_us": (last.servers - first.servers) / items * 1e6,
    }


def tail(stage: Stage) -> str:
    """Return the last lines that the processes of the stage wrote."""
    logs = sorted(stage.folder.glob("process-*.log"))
    return "\n".join(log.read_text()[-1000:] for log in logs)
