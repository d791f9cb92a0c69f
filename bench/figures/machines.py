"""One machine and two: each is a processor of this computer, and no network is between them.

The servers stand on the first one, as does the bench, which looks on. The second one has workers.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from bench.figures.chain import each_once, through_all
from bench.figures.latency import WORKERS
from bench.kit.bench import Bench
from bench.kit.errors import BenchError
from bench.kit.figures import Case, Figure, Row
from bench.kit.processes import Process, pin
from bench.kit.stage import Stage
from bench.kit.watching import Sample

type Start = Callable[[Stage], list[Process]]


def figure(bench: Bench) -> Figure:
    """The whole chain on one processor, and on two in the two ways of `docs/cluster.md`."""
    second = partial(_on_the_second, sorted(os.sched_getaffinity(0))[1:2])
    starts: dict[str, Start] = {
        "one machine": each_once,
        "workers on both": lambda stage: [*each_once(stage), *second(stage)],
        "servers apart": second,
    }
    cases = [Case(name=name, run=partial(_chain, bench, start)) for name, start in starts.items()]
    row = partial(Row, against="one machine", unit="orders/s")
    rows = [
        Row(title="One machine", case="one machine", unit="orders/s"),
        row(title="Two machines, workers on both", case="workers on both"),
        row(title="Two machines, servers on one, workers on the other", case="servers apart"),
    ]
    return Figure(title="One machine, two machines", cases=cases, rows=rows, run_seconds=12)


def _chain(bench: Bench, start: Start) -> Sample:
    def on_the_first(stage: Stage) -> list[Process]:
        pin([os.getpid()], {min(os.sched_getaffinity(0))})
        return start(stage)

    with _all_processors_again():
        return through_all(bench, bench.now, bench.size.orders, start=on_the_first)


@contextmanager
def _all_processors_again() -> Iterator[None]:
    """Give the bench and its servers back, at the end, the processors that they had."""
    processors = os.sched_getaffinity(0)
    try:
        yield
    finally:
        pin([os.getpid()], processors)


def _on_the_second(second: list[int], stage: Stage) -> list[Process]:
    if not second:
        raise BenchError("a second machine needs a second processor")
    workers = [stage.start(stage.build.worker(name), WORKER_INSTANCE="2") for name in WORKERS]
    pin([worker.pid for worker in workers], set(second))
    return workers
