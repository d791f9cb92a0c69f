"""The whole chain under load: from the outbox until an order is confirmed, counted, its mail due.

All stages run at once on the same cores, so this is what one machine holds.
"""

from collections.abc import Callable
from functools import partial

from bench.figures.latency import WORKERS
from bench.kit.bench import Bench
from bench.kit.builds import Build
from bench.kit.checks import check_the_outbox_is_in_the_stream, require
from bench.kit.figures import Case, Figure, Row
from bench.kit.processes import Process
from bench.kit.stage import Stage
from bench.kit.watching import Sample, watch

_FEWER = 10
"""The build before handles event by event: a tenth of the orders takes it as long."""
_SECONDS = 30.0
"""Enough for all of them: the stages begin one after the other, so a part would tell little."""
_STEPS = 4
"""Of each order: confirmed, counted as placed, counted as confirmed, its mail due."""
CONFIRMED = "SELECT count(*) FROM orders_order WHERE status = 'confirmed'"
COUNTED = "SELECT coalesce(sum(confirmed), 0) FROM sales_salesday"
COUNTED_AS_PLACED = "SELECT coalesce(sum(placed), 0) FROM sales_salesday"
MAILS = "SELECT count(*) FROM notifications_mail"


def figure(bench: Bench) -> Figure:
    """Both builds, each worker once."""
    orders = bench.size.orders
    cases = [
        Case(name="now", run=partial(through_all, bench, bench.now, orders)),
        Case(
            name="before", run=partial(through_all, bench, bench.before, max(50, orders // _FEWER))
        ),
    ]
    rows = [
        Row(title="Whole chain", case="now", against="before", unit="orders/s"),
        Row(
            title="Whole chain, CPU of an order",
            case="now",
            against="before",
            metric="cpu_us",
            unit="µs",
            better="lower",
        ),
    ]
    return Figure(title="Whole chain", cases=cases, rows=rows, run_seconds=7)


def each_once(stage: Stage) -> list[Process]:
    """Start each worker once."""
    return [stage.start(stage.build.worker(name), WORKER_INSTANCE="1") for name in WORKERS]


def through_all(
    bench: Bench,
    build: Build,
    orders: int,
    *,
    start: Callable[[Stage], list[Process]] = each_once,
) -> Sample:
    """Return orders per second through all stages, handled by what `start` starts."""
    scene = bench.scenes.placed_orders(build, orders)
    with bench.world.stage(build, scene, sqs_url=bench.sqs_url) as stage:
        workers = start(stage)
        sample = watch(
            stage,
            partial(_through, stage),
            goal=_STEPS * orders,
            seconds=_SECONDS,
            workers=workers,
        )
        stage.stop_processes()
        check_the_outbox_is_in_the_stream(stage)
        _check(stage)
        return {
            name: value / _STEPS if name == "rate" else value * _STEPS
            for name, value in sample.items()
        }


def _through(stage: Stage) -> int:
    """Return how many steps were taken."""
    steps = (CONFIRMED, COUNTED, COUNTED_AS_PLACED, MAILS)
    return stage.count("SELECT " + " + ".join(f"({each})" for each in steps))


def _check(stage: Stage) -> None:
    """No order is counted twice, or has two mails, or a mail without a confirmation."""
    unconfirmed = (
        "SELECT count(*) FROM notifications_mail JOIN orders_order"
        " ON orders_order.id = order_id WHERE status <> 'confirmed'"
    )
    twice = f"SELECT ({MAILS}) - (SELECT count(DISTINCT order_id) FROM notifications_mail)"
    too_many = f"SELECT greatest(0, ({COUNTED}) - ({CONFIRMED}))"
    require("mails of orders that wait", found=stage.count(unconfirmed), wanted=0)
    require("second mails", found=stage.count(twice), wanted=0)
    require("orders that were counted twice", found=stage.count(too_many), wanted=0)
