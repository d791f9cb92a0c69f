"""`place_order`: transactions per second of one thread, which stores order, lines and event."""

import json
from functools import partial

from bench.kit.bench import Bench
from bench.kit.builds import Build
from bench.kit.checks import require
from bench.kit.figures import Case, Figure, Row
from bench.kit.watching import Sample


def figure(bench: Bench) -> Figure:
    """Both builds, the same statements without the ORM, and one `save()` per line."""
    place = partial(_place, bench)
    cases = [
        Case(name="now", run=partial(place, bench.now, "programs.place_for", "shipped")),
        Case(name="before", run=partial(place, bench.before, "programs.place_for", "shipped")),
        Case(name="raw psycopg", run=partial(place, bench.before, "floors.raw_placing")),
        Case(
            name="a save per line", run=partial(place, bench.before, "programs.place_for", "saves")
        ),
    ]
    rows = [
        Row(title="`place_order`", case="now", against=case.name, unit="orders/s")
        for case in cases[1:]
    ]
    rows.append(
        Row(
            title="`place_order`, CPU of an order",
            case="now",
            against="before",
            metric="cpu_us",
            unit="µs",
            better="lower",
        )
    )
    return Figure(title="Placing orders", cases=cases, rows=rows)


def _place(bench: Bench, build: Build, module: str, *how: str) -> Sample:
    with bench.world.stage(build, bench.scenes.shop(build)) as stage:
        answer = stage.run(stage.program(module, str(bench.size.seconds), *how))
        orders = stage.count("SELECT count(*) FROM orders_order")
        for what, query, wanted in (
            ("lines", "SELECT count(*) FROM orders_orderline", 3 * orders),
            ("events", "SELECT count(DISTINCT key) FROM messaging_outboxmessage", orders),
        ):
            require(what, found=stage.count(query), wanted=wanted)
        sample: Sample = json.loads(answer.splitlines()[-1])
        return sample
