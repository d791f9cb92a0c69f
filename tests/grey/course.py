"""Cells of one bed, one after the other on one demo."""

import sys
from collections.abc import Iterable, Iterator

from django.conf import settings

from apps.demo.chaos.check import NotWithin
from apps.demo.chaos.customers import NoAnswer
from apps.demo.chaos.photos import Photos
from tests.grey.bed import made
from tests.grey.cells import named
from tests.grey.look import look_into
from tests.grey.row import Row


def course(names: Iterable[str], *, postgresql_url: str) -> Iterator[Row]:
    """Run a demo on the present settings, and yield the row of each cell when it is looked into."""
    with made(settings.DEMO_DIR, postgresql_url=postgresql_url) as bed:
        goods = bed.shop.web.get("/api/products?limit=1").body["items"]
        photos = Photos(bed.shop.web, goods[0]["sku"])
        for name in names:
            (cell,) = named([name])
            print(f"{cell.name} ...", file=sys.stderr, flush=True)
            try:
                yield look_into(cell, bed, photos)
            except (NoAnswer, NotWithin) as error:
                yield Row.of_trouble(cell, str(error))
