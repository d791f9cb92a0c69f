"""The command line: cells by name, one table of both beds, and an exit code."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, astuple
from pathlib import Path
from urllib.parse import quote

from django.conf import settings

from apps.demo.management.commands.prove import environment
from apps.messaging.text_table import text_table
from tests.grey.bed import SMALL_DISK
from tests.grey.cells import CELLS, Cell, named
from tests.grey.course import course
from tests.grey.look import Row
from tests.support.postgresql import make_database, postgresql
from tests.support.small_disk import small_disk

CPUS_FOR_TWO = 2
HEADINGS = (
    *("cell", "seconds", "placed", "ended", "letters"),
    *("recovered", "all quiet", "slowest /healthz", "broken"),
)


def main(arguments: Sequence[str]) -> int:
    """Return the exit code: 0 where every cell holds."""
    asked = _parser().parse_args(arguments)
    if asked.list:
        print("\n".join(cell.name for cell in CELLS))
        return 0
    try:
        cells = named(asked.cells)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if asked.bed:
        for row in course(cells, postgresql_url=asked.postgresql):
            print(json.dumps(asdict(row)), flush=True)
        return 0
    return _all_beds(_allowed(cells))


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
    inner = parser.add_argument_group("of one bed, as the command calls itself")
    inner.add_argument("--bed", action="store_true")
    inner.add_argument("--postgresql", default="", help="its URL, past every link")
    return parser


def _all_beds(cells: list[Cell]) -> int:
    folder = settings.DEMO_DIR
    by_bed = {bed: [cell for cell in cells if cell.bed == bed] for bed in ("postgresql", "sqlite")}
    rows: list[Row] = []
    runs = [
        threading.Thread(target=_run_bed, args=(bed, folder / bed, of_bed, rows))
        for bed, of_bed in by_bed.items()
        if of_bed
    ]
    for run in runs:
        run.start()
        if not _has_room_for_two():
            run.join()
    for run in runs:
        run.join()
    order = [cell.name for cell in CELLS]
    rows.sort(key=lambda row: order.index(row.cell))
    print(text_table(HEADINGS, [astuple(row) for row in rows]))
    unseen = {cell.name for cell in cells} - {row.cell for row in rows}
    broken = [row.cell for row in rows if row.broken]
    if unseen:
        print(f"not seen: {', '.join(sorted(unseen))}")
    if broken or unseen:
        print(f"{len(broken)} cells are broken; what was said stands in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


def _has_room_for_two() -> bool:
    """Return whether two shops have time enough here: else each would wait for the other."""
    return (os.cpu_count() or 1) >= CPUS_FOR_TWO


def _run_bed(bed: str, folder: Path, cells: list[Cell], rows: list[Row]) -> None:
    """Run the cells in a process of its own, and add each row as soon as it is printed."""
    names = [cell.name for cell in cells]
    command = [sys.executable, "-m", "tests.grey", "--bed", *names]
    with _database(bed, folder) as url:
        if bed == "postgresql":
            command += ["--postgresql", url]
        process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=environment(folder) | {"DEMO_DATABASE_URL": url},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        for line in process.stdout:
            row = Row(**json.loads(line))
            rows.append(row)
            state = f"BROKEN: {row.broken}" if row.broken else "holds"
            print(f"{bed}: {row.cell} {state}", file=sys.stderr, flush=True)
        process.wait()


@contextmanager
def _database(bed: str, folder: Path) -> Iterator[str]:
    """Yield the way to an empty database that no link is in."""
    folder.mkdir(parents=True)
    if bed == "postgresql":
        with postgresql() as port:
            yield make_database(port, "shop")
    else:
        with _disk(folder / "disk") as disk:
            yield f"sqlite:///{quote(str(disk / 'db.sqlite3'))}"


@contextmanager
def _disk(place: Path) -> Iterator[Path]:
    if os.geteuid() == 0:
        with small_disk(place, size=SMALL_DISK) as disk:
            yield disk
    else:
        place.mkdir()
        yield place
