"""Cells of one bed, one after the other on one demo."""

import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

from django.conf import settings

from apps.demo.chaos.check import NotWithin
from apps.demo.chaos.customers import NoAnswer
from apps.demo.chaos.photos import Photos
from tests.grey.alarms import watching
from tests.grey.bed import made
from tests.grey.cells import Cell, named
from tests.grey.look import look_into
from tests.grey.row import Row


def course(names: Iterable[str], *, postgresql_url: str) -> Iterator[Row]:
    """Run a demo on the present settings, and yield the row of each cell when it is looked into."""
    with (
        made(settings.DEMO_DIR, postgresql_url=postgresql_url) as bed,
        watching(settings.DEMO_DIR) as alarms,
    ):
        goods = bed.shop.web.get("/api/products?limit=1").body["items"]
        photos = Photos(bed.shop.web, goods[0]["sku"])
        for name in names:
            (cell,) = named([name])
            print(f"{cell.name} ...", file=sys.stderr, flush=True)
            began = time.time()
            try:
                row = look_into(cell, bed, photos)
                yield with_alarms(row, cell, alarms.fired_since(began))
            except (NoAnswer, NotWithin) as error:
                yield Row.of_trouble(cell, str(error))


def with_alarms(row: Row, cell: Cell, fired: set[str] | None) -> Row:
    """Return the row, broken too if an alarm is missing, or if one fired that is not expected."""
    if fired is None:
        return row
    print(f"{cell.name}: {', '.join(sorted(fired)) or 'no'} alarms fired", file=sys.stderr)
    must, may = cell.alarms
    missing = [f"no {name}" for name in sorted(must - fired)]
    wrong = [*missing, *sorted(fired - must - may)]
    said = [f"alarms ({', '.join(wrong)})"] if wrong else []
    return replace(row, broken=", ".join(filter(None, [row.broken, *said])))
