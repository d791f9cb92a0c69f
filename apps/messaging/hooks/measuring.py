"""Measuring: times and counts of a message's way, taken where no hook point has them.

Nothing listens by default: then it costs less than a microsecond. `metrics/recording.py` listens
in a process whose metrics are read.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

type Record = Callable[[str, tuple[str, ...], float], None]
"""Called with the name of a figure, its labels, and a number: seconds, or how many."""

_record: Record | None = None


def record_with(record: Record | None) -> None:
    """Call `record` for each figure from now on; None ends it."""
    global _record
    _record = record


def counted(figure: str, *labels: str, by: float = 1.0) -> None:
    """Count something."""
    if _record:
        _record(figure, labels, by)


@contextmanager
def timed(figure: str, *labels: str) -> Iterator[None]:
    """Measure how long the block takes, also if it fails."""
    if not _record:
        yield
        return
    began = time.monotonic()
    try:
        yield
    finally:
        counted(figure, *labels, by=time.monotonic() - began)
