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
    """Both builds; in each process a raw socket asks the same responder, in turn with the shop."""
    cases = [
        Case(name="now", run=partial(_ask, bench, bench.now)),
        Case(name="before", run=partial(_ask, bench, bench.before)),
    ]
    return Figure(title="Prices", cases=cases, rows=_rows())


def _rows() -> list[Row]:
    row = partial(Row, case="now", against="before", better="lower")
    in_ms, times = partial(row, unit="ms"), partial(row, unit="times")
    return [
        in_ms(title="20 prices", metric="twenty_ms"),
        in_ms(title="One price", metric="one_ms"),
        in_ms(title="One price, its question alone", metric="question_ms"),
        in_ms(title="One price, its query alone", metric="query_ms"),
        times(title="20 prices against one", metric="twenty_to_one"),
        times(title="One question against a raw socket", metric="question_to_raw"),
    ]


def _ask(bench: Bench, build: Build) -> Sample:
    with bench.world.stage(build, bench.scenes.shop(build)) as stage:
        stage.worker("price_responder")
        count = str(_REQUESTS_OF_ONE * bench.size.single)
        asked = stage.run(stage.program("programs.ask_prices", count))
        sample: Sample = json.loads(asked.splitlines()[-1])
        return sample
