"""Which lane looks into which cell, what its shop answers, and what a wait tells."""

import subprocess
import sys
import time
from collections.abc import Sequence

import pytest

from tests.grey.cells import CELLS, Cell, named
from tests.grey.command import lanes_for
from tests.grey.hand_out import BESIDES_SECONDS, HandOut
from tests.grey.lanes import row_of
from tests.grey.row import Row
from tests.grey.waited import wait
from tests.support.processes import ROOT


def played(cells: Sequence[Cell], lanes: int) -> tuple[dict[str, float], list[list[str]]]:
    """Let each lane take its next cell as soon as its last one has taken the time foreseen.

    Return when each cell began, in seconds, and the beds of each lane.
    """
    hand_out, began = HandOut(cells), dict[str, float]()
    clock, beds = [0.0] * lanes, [[hand_out.join_bed()] for _ in range(lanes)]
    running = {lane for lane in range(lanes) if beds[lane][-1]}
    while running:
        lane = min(running, key=lambda lane: clock[lane])
        bed = beds[lane][-1]
        assert bed
        if cell := hand_out.next_cell(bed):
            began[cell.name] = clock[lane]
            clock[lane] += cell.seconds + BESIDES_SECONDS
        else:
            hand_out.leave_bed(bed)
            beds[lane].append(hand_out.join_bed())
            if beds[lane][-1] is None:
                running.remove(lane)
    return began, [[bed for bed in each if bed] for each in beds]


@pytest.mark.parametrize("lanes", [1, 2, 3, 4, 8, 40])
def test_lanes_look_into_each_cell_once_and_end_at_about_the_same_time(lanes: int) -> None:
    began, _ = played(CELLS, lanes)
    assert sorted(began) == sorted(cell.name for cell in CELLS)
    lasts = {cell.name: cell.seconds + BESIDES_SECONDS for cell in CELLS}
    end = max(began[name] + lasts[name] for name in began)
    assert end <= sum(lasts.values()) / lanes + 2 * max(lasts.values())


def test_the_longest_cells_of_a_bed_come_first() -> None:
    began, _ = played(CELLS, 1)
    for bed in ("postgresql", "sqlite"):
        of_bed = [cell for cell in CELLS if cell.bed == bed]
        seconds = [cell.seconds for cell in sorted(of_bed, key=lambda cell: began[cell.name])]
        assert seconds == sorted(seconds, reverse=True)


def test_one_lane_has_one_shop_of_each_bed_and_of_no_other() -> None:
    (beds,) = played(CELLS, 1)[1]
    assert sorted(beds) == ["postgresql", "sqlite"]


def test_a_lane_starts_another_shop_only_for_enough_work() -> None:
    cells = named(["nats.late", "sqlite.full"])
    assert played(cells, 2)[1] == [["postgresql"], ["sqlite"]]
    assert played(named(["nats.late"]), 2)[1] == [["postgresql"], []]


def test_after_a_stop_no_cell_is_handed_out() -> None:
    hand_out = HandOut(CELLS)
    bed = hand_out.join_bed()
    assert bed
    hand_out.stop()
    assert hand_out.next_cell(bed) is None
    assert hand_out.join_bed() is None


SHOP = """
import django, json, sys
from dataclasses import asdict
django.setup()
from tests.grey.cells import named
from tests.grey.row import Row
name = input()
print(json.dumps(asdict(Row.of_trouble(named([name])[0], "cold"))))
"""


def test_a_shop_answers_with_the_row_of_the_cell_until_it_ends() -> None:
    (cell,) = named(["nats.late"])
    with subprocess.Popen(
        [sys.executable, "-c", SHOP],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert row_of(cell, process) == Row.of_trouble(cell, "cold")
        assert row_of(cell, process) is None
        process.wait()
        assert row_of(cell, process) is None


def test_one_processor_has_one_lane() -> None:
    assert [lanes_for(processors) for processors in (1, 2, 4)] == [1, 4, 6]


def test_a_wait_tells_what_was_not_done_in_time() -> None:
    began = time.monotonic()
    soon = wait(lambda: "" if time.monotonic() > began else "tea", limit=10, give_up=10)
    assert soon.late == ""
    never = wait(lambda: "2 cups are cold", limit=0, give_up=0)
    assert never.late.startswith("2 cups are cold after ")
    assert "processors" in never.late
