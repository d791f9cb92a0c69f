"""`make soak`: ten minutes at half the rate that one machine holds; what grows is a leak.

MINUTES (10) and RATE (orders per second; half of the row *Whole chain*) change it. It fails if the
memory or the descriptors of a process grow, if a stage falls behind, or if an order is lost.
"""

import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.figures.chain import CONFIRMED, COUNTED, MAILS
from bench.figures.latency import WORKERS
from bench.kit import bench, results
from bench.kit.checks import check_the_outbox_is_in_the_stream, require
from bench.kit.errors import BenchError
from bench.kit.processes import Process, family, memory_bytes, stop
from bench.kit.sizes import FULL
from bench.kit.stage import Stage
from bench.kit.waiting import until

DURABLES = ("fulfilment", "sales", "notification")
PARTS = 5
"""The second fifth of the time is compared with the last one; the first is the start."""
_ORDERS = "SELECT count(*) FROM orders_order"
_UNSENT = "SELECT count(*) FROM messaging_outboxmessage WHERE sent_at IS NULL"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How far a number may be above its earlier median before it grows."""

    share: float
    amount: float


LIMITS = {
    "MB": Limit(share=0.05, amount=3),
    "descriptors": Limit(share=0, amount=5),
    "messages of lag": Limit(share=0, amount=50),
}


def main(*, minutes: float, rate: float) -> int:
    """Run, print a line every few seconds and a table at the end; return 1 if something grew."""
    seconds = 60 * minutes
    with bench.prepared(FULL) as prepared:
        scene = prepared.scenes.shop(prepared.now)
        with prepared.world.stage(prepared.now, scene, sqs_url=prepared.sqs_url) as stage:
            workers = dict(zip(WORKERS, stage.workers(WORKERS), strict=True))
            placer = stage.start(stage.program("programs.place_at", str(rate)))
            looks = _look_on(stage, workers, placer, seconds=seconds)
            stop(placer)
            _check(stage)
    grown = [name for name in looks[0] if _has_grown(name, looks)]
    for name in looks[0]:
        early, late = _parts(name, looks)
        print(f"{name}: {early:,.1f}, at the end {late:,.1f}{' GREW' if name in grown else ''}")
    return 1 if grown else 0


def _look_on(
    stage: Stage, workers: dict[str, Process], placer: Process, *, seconds: float
) -> list[dict[str, float]]:
    looks: list[dict[str, float]] = []
    end, pause = time.monotonic() + seconds, min(10.0, seconds / 40)
    while time.monotonic() < end:
        time.sleep(pause)
        if placer.poll() is not None:
            raise BenchError("orders are not placed any more")
        looks.append(_look(stage, workers))
        left = (end - time.monotonic()) / 60
        print(f"{left:4.1f} minutes left: {_summary(looks[-1])}", flush=True)
    return looks


def _look(stage: Stage, workers: dict[str, Process]) -> dict[str, float]:
    """Return memory and descriptors of each worker, and what waits before each stage."""
    look: dict[str, float] = {}
    for name, worker in workers.items():
        members = family(worker.pid)
        look[f"{name} MB"] = memory_bytes(members) / 1e6
        look[f"{name} descriptors"] = len(list(Path(f"/proc/{worker.pid}/fd").iterdir()))
    look["outbox messages of lag"] = stage.count(_UNSENT)
    return look | {f"{each} messages of lag": stage.nats.waiting(each) for each in DURABLES}


def _summary(look: dict[str, float]) -> str:
    """Return the sum of each kind, as one line for all processes."""
    return ", ".join(
        f"{sum(value for name, value in look.items() if name.endswith(kind)):,.0f} {kind}"
        for kind in LIMITS
    )


def _parts(name: str, looks: Sequence[dict[str, float]]) -> tuple[float, float]:
    """Return the medians of the second part and of the last one."""
    size = max(1, len(looks) // PARTS)
    values = [look[name] for look in looks]
    return statistics.median(values[size : 2 * size] or values), statistics.median(values[-size:])


def _has_grown(name: str, looks: Sequence[dict[str, float]]) -> bool:
    early, late = _parts(name, looks)
    limit = next(LIMITS[kind] for kind in LIMITS if name.endswith(kind))
    return late > early * (1 + limit.share) + limit.amount


def _check(stage: Stage) -> None:
    """Each order that was placed is confirmed, counted, and has one mail."""
    orders = stage.count(_ORDERS)
    slowest = f"SELECT least(({CONFIRMED}), ({COUNTED}), ({MAILS}))"
    until(lambda: stage.count(slowest) >= orders, what=f"all {orders} orders are through")
    stage.stop_processes()
    check_the_outbox_is_in_the_stream(stage)
    for what, query in (("confirmed", CONFIRMED), ("counted", COUNTED), ("mails", MAILS)):
        require(what, found=stage.count(query), wanted=orders)


def sustained() -> float:
    """Return half of what the chain reached in the last bench, in orders per second."""
    try:
        rate: float = results.load()["chain"]["cases"]["now"]["rate"]["median"]
    except KeyError:
        sys.exit("soak: run `make bench ONLY=chain` first, or give RATE")
    return rate / 2


if __name__ == "__main__":
    bench.stop_by_signals()
    try:
        given = float(os.environ.get("RATE") or sustained())
        sys.exit(main(minutes=float(os.environ.get("MINUTES") or 10), rate=given))
    except KeyboardInterrupt:
        sys.exit("soak: interrupted; all that it started is stopped")
    except BenchError as error:
        sys.exit(f"soak: {error}")
