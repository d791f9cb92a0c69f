"""The price responder: answers per second with 64 requests in flight."""

import json
from collections.abc import Callable
from functools import partial

from bench.kit.bench import Bench
from bench.kit.builds import PEERS_PYTHON, Build
from bench.kit.figures import Case, Figure, Row
from bench.kit.processes import Process, cpu_seconds
from bench.kit.stage import Stage
from bench.kit.waiting import until
from bench.kit.watching import Sample

_REQUESTS_OF_ONE = 300
"""Requests are quick: so many in place of one order."""
_SUBJECT = "price.lookup"

type Start = Callable[[Stage], Process]


def figure(bench: Bench) -> Figure:
    """Both builds, nats-py alone, and FastStream; a raw socket asks each of them."""
    shipped = partial(Stage.worker, name="price_responder")
    answer = partial(_answer, bench)
    cases = [
        Case(name="now", run=partial(answer, bench.now, shipped)),
        Case(name="before", run=partial(answer, bench.before, shipped)),
        Case(name="nats-py alone", run=partial(answer, bench.now, _bare)),
        Case(name="FastStream", run=partial(answer, bench.now, _faststream)),
    ]
    rows = [
        Row(title="Responder, 64 in flight", case="now", against=case.name, unit="answers/s")
        for case in cases[1:]
    ]
    rows.append(
        Row(
            title="Responder, CPU of an answer",
            case="now",
            against="nats-py alone",
            metric="cpu_us",
            unit="µs",
            better="lower",
        )
    )
    return Figure(title="Price responder", cases=cases, rows=rows)


def _answer(bench: Bench, build: Build, start: Start) -> Sample:
    count = _REQUESTS_OF_ONE * bench.size.single
    with bench.world.stage(build, bench.scenes.shop(build)) as stage:
        responder = start(stage)
        until(lambda: stage.nats.listeners(_SUBJECT), what="a responder listens", of=responder)
        used = cpu_seconds([responder.pid])
        sample: Sample = json.loads(stage.run(stage.program("floors.many_prices", str(count))))
        return sample | {"cpu_us": (cpu_seconds([responder.pid]) - used) / count * 1e6}


def _bare(stage: Stage) -> Process:
    return stage.start(stage.program("floors.bare_responder"))


def _faststream(stage: Stage) -> Process:
    return stage.start(stage.program("peers.faststream_responder", python=PEERS_PYTHON))
