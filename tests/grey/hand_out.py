"""Which cell a lane looks into next: the longest first, and of the bed that its shop has."""

import threading
from collections import Counter
from collections.abc import Sequence

from tests.grey.cells import BEDS, Cell

BESIDES_SECONDS = 45.0
"""About how long a cell takes besides its fault."""
WORTH_A_SHOP_SECONDS = 60.0
"""A lane joins others on a bed only for more work than this: it has to start another shop."""


class HandOut:
    """The cells that no lane has begun; threads may share it."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._left = sorted(cells, key=lambda cell: cell.seconds, reverse=True)
        self._lanes: Counter[str] = Counter()
        self._lock = threading.Lock()

    def join_bed(self) -> str | None:
        """Return the bed on which one more lane is wanted most; None if it is not worth a shop."""
        with self._lock:
            bed = max(filter(self._wants_a_lane, BEDS), key=self._share, default=None)
            if bed:
                self._lanes[bed] += 1
            return bed

    def leave_bed(self, bed: str) -> None:
        with self._lock:
            self._lanes[bed] -= 1

    def next_cell(self, bed: str) -> Cell | None:
        """Return the longest cell that is left of that bed, if any."""
        with self._lock:
            cell = next((cell for cell in self._left if cell.bed == bed), None)
            if cell:
                self._left.remove(cell)
            return cell

    def stop(self) -> None:
        """Hand out no more cells."""
        with self._lock:
            self._left.clear()

    def _wants_a_lane(self, bed: str) -> bool:
        least = WORTH_A_SHOP_SECONDS if self._lanes[bed] else 0.0
        return self._share(bed) > least

    def _share(self, bed: str) -> float:
        """Return the seconds of work that are left for each lane, if one more joins that bed."""
        left = [cell.seconds + BESIDES_SECONDS for cell in self._left if cell.bed == bed]
        return sum(left) / (self._lanes[bed] + 1)
