"""Request-reply: how long a thread of Django waits for one price, and for the twenty of a cart."""

import json
from functools import partial

from bench.kit.bench import Bench
from bench.kit.builds import Build
from bench.kit.figures import Case, Figure, Row
from bench.kit.watching import Sample

_REQUESTS_OF_ONE = 10
"""Requests are quick: so many in place of one order."""


def figure(bench: Bench) -> Figure:
    """Both builds, the two parts of a lookup, and a raw socket that asks the same responder."""
    ask = partial(_ask, bench)
    cases = [
        Case(name="now", run=partial(ask, bench.now, "programs.ask_prices")),
        Case(name="before", run=partial(ask, bench.before, "programs.ask_prices")),
        Case(name="question alone", run=partial(_part, bench, "question")),
        Case(name="query alone", run=partial(_part, bench, "query")),
        Case(name="raw socket", run=partial(ask, bench.before, "floors.raw_price")),
    ]
    return Figure(title="Prices", cases=cases, rows=_rows())


def _rows() -> list[Row]:
    in_ms = partial(Row, unit="ms", better="lower")
    return [
        in_ms(title="20 prices", case="now", against="before", metric="twenty_ms"),
        in_ms(title="One price", case="now", against="before", metric="one_ms"),
        in_ms(title="One price", case="now", against="raw socket", metric="one_ms"),
        in_ms(
            title="One price, its question alone",
            case="question alone",
            against="raw socket",
            metric="one_ms",
        ),
        in_ms(
            title="One price, its query alone", case="query alone", against="now", metric="one_ms"
        ),
        Row(
            title="20 prices against one",
            case="now",
            against="before",
            metric="twenty_to_one",
            unit="times",
            better="lower",
        ),
    ]


def _part(bench: Bench, part: str) -> Sample:
    return _ask(bench, bench.now, "programs.price_parts", part)


def _ask(bench: Bench, build: Build, module: str, *how: str) -> Sample:
    with bench.world.stage(build, bench.scenes.shop(build)) as stage:
        stage.worker("price_responder")
        count = str(_REQUESTS_OF_ONE * bench.size.single)
        sample: Sample = json.loads(stage.run(stage.program(module, count, *how)).splitlines()[-1])
        return sample
