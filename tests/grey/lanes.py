"""Lanes: each has a shop of its own in a process of its own, and takes one cell after the other.

Shops share nothing but the processors: each has its ports, its folder, its servers, its disks.
"""

import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from apps.demo.management.commands.prove import environment
from tests.grey.cells import Cell
from tests.grey.databases import database
from tests.grey.hand_out import HandOut
from tests.grey.row import Row
from tests.support.ports import free_port

type Process = "subprocess.Popen[str]"


class Lanes:
    """Looks into cells; each of the `rows` is there as soon as its cell is counted."""

    def __init__(self, cells: Sequence[Cell], folder: Path) -> None:
        self.rows: list[Row] = []
        self._folder = folder
        self._hand_out = HandOut(cells)
        self._shops = itertools.count(1)
        self._running: set[Process] = set()
        self._began = time.monotonic()

    def run(self, count: int) -> None:
        """Return when no cell is left; of a lane whose shop has ended, others take the rest."""
        lanes = [threading.Thread(target=self._lane) for _ in range(count)]
        for lane in lanes:
            lane.start()
        try:
            for lane in lanes:
                lane.join()
        finally:
            # After Ctrl-C, which reaches this process alone: each shop still stops its servers.
            self._hand_out.stop()
            for process in list(self._running):
                process.terminate()

    def _lane(self) -> None:
        runs = True
        while runs and (bed := self._hand_out.join_bed()):
            try:
                runs = self._with_one_shop(bed)
            finally:
                self._hand_out.leave_bed(bed)

    def _with_one_shop(self, bed: str) -> bool:
        """Look into cells until none is left or one is broken; return whether the shop still ran.

        What is left of a broken cell would be counted in the next one of the same shop.
        """
        name = f"shop-{next(self._shops)}"
        folder = self._folder / f"{name}-{bed}"
        with self._shop(bed, folder) as process:
            while cell := self._hand_out.next_cell(bed):
                row = row_of(cell, process)
                runs = row is not None
                row = row or Row.of_trouble(cell, f"the shop has ended, see {folder}")
                self.rows.append(row)
                state = f"BROKEN: {row.broken}" if row.broken else "holds"
                at = time.monotonic() - self._began
                print(f"{at:5.0f} s  {name}: {cell.name} {state}", file=sys.stderr, flush=True)
                if row.broken:
                    return runs
        return True

    @contextmanager
    def _shop(self, bed: str, folder: Path) -> Iterator[Process]:
        """Start the process of a shop, which ends with its input."""
        command = [sys.executable, "-m", "tests.grey", "--bed"]
        with database(bed, folder) as url:
            if bed == "postgresql":
                command += ["--postgresql", url]
            process = subprocess.Popen(
                command,
                cwd=settings.BASE_DIR,
                env=environment(folder) | _ports() | {"DEMO_DATABASE_URL": url},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                process_group=0,
            )
            self._running.add(process)
            try:
                with process:
                    yield process
            finally:
                self._running.discard(process)


def _ports() -> dict[str, str]:
    """Return ports of which no other lane has one: a server is restarted on its own."""
    return {name: str(free_port()) for name in ("PORT", "NATS_PORT", "AWS_PORT")}


def row_of(cell: Cell, process: Process) -> Row | None:
    """Let the process of a shop look into that cell; return None if it has ended."""
    assert process.stdin
    assert process.stdout
    try:
        # Past Python's buffer, whose rest would raise the error again when it is closed.
        os.write(process.stdin.fileno(), f"{cell.name}\n".encode())
    except BrokenPipeError:
        return None
    line = process.stdout.readline()
    return Row(**json.loads(line)) if line else None
