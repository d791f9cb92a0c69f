"""The command line: cells by name in lanes, one table of all, and an exit code."""

import argparse
import json
import os
import resource
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, astuple

from django.conf import settings

from apps.messaging.text_table import text_table
from tests.grey.alarms import missing
from tests.grey.cells import CELLS, Cell, named
from tests.grey.course import course
from tests.grey.lanes import Lanes
from tests.grey.row import HEADINGS


def main(arguments: Sequence[str]) -> int:
    """Return the exit code: 0 where every cell holds."""
    asked = _parser().parse_args(arguments)
    if asked.list:
        print("\n".join(cell.name for cell in CELLS))
        return 0
    if asked.bed:
        names = (line.strip() for line in sys.stdin)
        for row in course(names, postgresql_url=asked.postgresql):
            print(json.dumps(asdict(row)), flush=True)
        return 0
    if said := missing():
        print(said, file=sys.stderr)
        return 2
    try:
        cells = named(asked.cells)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    cells = _allowed(cells)
    lanes = max(asked.lanes, 1) if asked.lanes else lanes_for(os.cpu_count() or 1)
    return _in_lanes(cells, count=min(lanes, len(cells)))


def lanes_for(processors: int) -> int:
    """Return how many shops so many processors can serve: while a fault lasts a shop idles."""
    return processors + 2 if processors > 1 else 1


def _allowed(cells: list[Cell]) -> list[Cell]:
    """Leave out the cells that need a file system of their own, and so need root."""
    if os.geteuid() == 0:
        return cells
    if left_out := [cell.name for cell in cells if cell.wants_root]:
        print(f"left out, since they want root: {', '.join(left_out)}", file=sys.stderr)
    return [cell for cell in cells if not cell.wants_root]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make prove-grey", description=__doc__)
    parser.add_argument("cells", nargs="*", metavar="CELL", help="only these; all without")
    parser.add_argument("--list", action="store_true", help="name the cells")
    parser.add_argument("--lanes", type=int, default=0, help="shops at once; else by the CPUs")
    inner = parser.add_argument_group("of one shop, as the command calls itself; it reads cells")
    inner.add_argument("--bed", action="store_true")
    inner.add_argument("--postgresql", default="", help="its URL, past every link")
    return parser


def _in_lanes(cells: list[Cell], *, count: int) -> int:
    began = time.monotonic()
    lanes = Lanes(cells, settings.DEMO_DIR)
    lanes.run(count)
    order = [cell.name for cell in CELLS]
    rows = sorted(lanes.rows, key=lambda row: order.index(row.cell))
    print(text_table(HEADINGS, [astuple(row) for row in rows]))
    print(_cost(len(rows), count, time.monotonic() - began))
    unseen = {cell.name for cell in cells} - {row.cell for row in rows}
    broken = [row.cell for row in rows if row.broken]
    if unseen:
        print(f"not seen: {', '.join(sorted(unseen))}")
    if broken or unseen:
        print(f"{len(broken)} cells are broken; what was said stands in {settings.DEMO_DIR}")
        return 1
    shutil.rmtree(settings.DEMO_DIR)
    return 0


def _cost(cells: int, lanes: int, seconds: float) -> str:
    """Say what the run took; the processor time is that of all processes that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    cores = (spent.ru_utime + spent.ru_stime) / seconds
    took = f"{seconds // 60:.0f}:{seconds % 60:02.0f}"
    return (
        f"{cells} cells in {took} minutes, {lanes} at once;"
        f" they kept {cores:.1f} of {os.cpu_count()} processors busy"
    )
