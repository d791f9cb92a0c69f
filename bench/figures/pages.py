"""Pages of the site and lists of the admin: do they take longer in a shop with more orders?"""

import json
import secrets
from collections.abc import Callable
from functools import cache, partial

from bench.kit.bench import Bench
from bench.kit.figures import Case, Figure, Row
from bench.kit.stage import Stage
from bench.kit.watching import Sample

_TITLES = {
    "order_ms": "API, one order",
    "journey_ms": "API, journey of an order",
    "status_ms": "API, status",
    "orders_ms": "Admin, orders",
    "confirmed_ms": "Admin, confirmed orders",
    "page_2_ms": "Admin, orders, page 2",
    "search_id_ms": "Admin, an order by its id",
    "search_mail_ms": "Admin, orders by e-mail",
    "outbox_ms": "Admin, outbox",
    "inbox_ms": "Admin, inbox",
    "dead_letters_ms": "Admin, dead letters",
    "mails_ms": "Admin, mails",
    "reservations_ms": "Admin, reservations",
}
_TIMES_FEWER = 100


def figure(bench: Bench) -> Figure:
    """This build with many orders and with a hundredth; pages only read, so nothing is copied."""
    many = bench.size.backlog
    counts = [many, many // _TIMES_FEWER]
    large, small = (f"{rows:,} orders" for rows in counts)
    stage = cache(partial(_open, bench))
    cases = [
        Case(name=f"{rows:,} orders", run=partial(_ask, stage, rows, bench.size.single // 2))
        for rows in counts
    ]
    rows = [
        Row(title=title, case=large, against=small, metric=metric, unit="ms", better="lower")
        for metric, title in _TITLES.items()
    ]
    return Figure(title="Pages of a large shop", cases=cases, rows=rows, run_seconds=10)


def _open(bench: Bench, rows: int) -> Stage:
    scene = bench.scenes.large_tables(bench.now, rows)
    stage = bench.exits.enter_context(
        bench.world.stage(bench.now, scene, sqs_url=bench.sqs_url),
    )
    stage.run(bench.now.manage("collectstatic", "--no-input", "-v0"), **_of_web(stage))
    return stage


def _of_web(stage: Stage) -> dict[str, str]:
    """Return the variables of a process that has pages."""
    return {
        "PAGES": "true",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "STATIC_ROOT": str(stage.folder / "static"),
    }


def _ask(open_stage: Callable[[int], Stage], rows: int, count: int) -> Sample:
    stage = open_stage(rows)
    asked = stage.run(stage.program("programs.ask_pages", str(count)), **_of_web(stage))
    sample: Sample = json.loads(asked.splitlines()[-1])
    return sample
