"""Does a longer backlog slow the work down? This build, at 1, 10 and 100 times as many messages."""

from collections.abc import Callable
from functools import partial

from bench.figures import jobs
from bench.figures.chain import COUNTED_AS_PLACED
from bench.figures.consumers import Check, check_fulfilment, handle, handled
from bench.kit.bench import Bench
from bench.kit.checks import require
from bench.kit.figures import Case, Figure, Row
from bench.kit.stage import Stage
from bench.kit.watching import Sample

_ROUNDS = 3


def figure(bench: Bench) -> Figure:
    """Consumers and the SQS loop; the relay's backlogs are among its own figures."""
    smallest = bench.size.events // 10
    runs: list[tuple[str, int, Callable[[int], Sample]]] = [
        (title, smallest * times, run)
        for title, longer, run in (
            ("Fulfilment", (1, 10, 100), partial(_events, bench, "fulfilment", check_fulfilment)),
            ("Sales", (1, 100), partial(_events, bench, "sales", _check_sales)),
            # Not a hundred times: filling a queue takes longer than working on it.
            ("SQS loop", (1, 10), partial(_jobs, bench)),
        )
        for times in longer
    ]
    return Figure(
        title="Longer backlogs",
        cases=[
            Case(name=_name(title, count), run=partial(run, count)) for title, count, run in runs
        ],
        rows=[
            row
            for title, count, _ in runs
            if count > smallest
            for row in _rows(_name(title, count), against=_name(title, smallest))
        ],
        most_rounds=_ROUNDS,
        run_seconds=7,
    )


def _rows(case: str, *, against: str) -> list[Row]:
    row = partial(Row, case=case, against=against)
    return [
        row(title=case),
        row(title=f"{case}, CPU of one", metric="cpu_us", unit="µs", better="lower"),
    ]


def _name(title: str, count: int) -> str:
    return f"{title}, {count:,} wait"


def _events(bench: Bench, durable: str, check: Check, count: int) -> Sample:
    """Handle the first of so many `orders.placed`."""
    scene = bench.scenes.placed_events(bench.now, count)
    return handle(bench, durable, bench.now, scene, check=check)


def _check_sales(stage: Stage, acknowledged: int) -> None:
    events = handled(stage, "sales", acknowledged)
    require("counted orders", found=stage.count(COUNTED_AS_PLACED), wanted=events)


def _jobs(bench: Bench, count: int) -> Sample:
    """Take the first of so many empty jobs."""
    return jobs.take(bench, bench.now, jobs.shipped, jobs=count)
