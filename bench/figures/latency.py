"""How long one order waits while the shop is idle: for its event, and for its confirmation."""

import json
from functools import partial

from bench.kit.bench import Bench
from bench.kit.builds import Build
from bench.kit.checks import check_the_outbox_is_in_the_stream
from bench.kit.figures import Case, Figure, Row
from bench.kit.watching import Sample

WORKERS = ("outbox_relay", "fulfilment_consumer", "sales_consumer", "notification_consumer")
"""Those on the way of an order."""


def figure(bench: Bench) -> Figure:
    """Both builds, and one process that inserts and publishes."""
    cases = [
        Case(name="now", run=partial(_orders, bench, bench.now)),
        Case(name="before", run=partial(_orders, bench, bench.before)),
        Case(name="insert and publish", run=partial(_insert_and_publish, bench)),
    ]
    stream = partial(
        Row,
        title="Commit to stream, idle, p50",
        case="now",
        metric="stream_ms",
        unit="ms",
        better="lower",
    )
    rows = [
        stream(against="before"),
        stream(against="insert and publish"),
        Row(
            title="Placed to confirmed, idle, p50",
            case="now",
            against="before",
            metric="confirmed_ms",
            unit="ms",
            better="lower",
        ),
    ]
    return Figure(title="Latency of one order", cases=cases, rows=rows, run_seconds=6)


def _orders(bench: Bench, build: Build) -> Sample:
    scene = bench.scenes.shop(build)
    with bench.world.stage(build, scene, sqs_url=bench.sqs_url) as stage:
        stage.workers(WORKERS)
        answer = stage.run(stage.program("programs.one_by_one", str(bench.size.single)))
        stage.stop_processes()
        check_the_outbox_is_in_the_stream(stage)
        return _sample(answer)


def _insert_and_publish(bench: Bench) -> Sample:
    with bench.world.stage(bench.now, bench.scenes.shop(bench.now)) as stage:
        return _sample(
            stage.run(stage.program("floors.insert_and_publish", str(bench.size.single)))
        )


def _sample(answer: str) -> Sample:
    """Read the last line: the shop writes its log to the same place."""
    sample: Sample = json.loads(answer.splitlines()[-1])
    return sample
