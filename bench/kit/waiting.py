"""Wait for a condition while a process works, and give up when it ends or after a while."""

import time
from collections.abc import Callable

from bench.kit.errors import BenchError
from bench.kit.processes import Process
from tests.support.waiting import crowding

PATIENCE_SECONDS = 60.0
_LOOK_EVERY_SECONDS = 0.02


def until[T](
    look: Callable[[], T], *, what: str, of: Process | None = None, within: float = PATIENCE_SECONDS
) -> T:
    """Repeat `look` until its answer is true, and return it.

    Raises `BenchError` after `within` seconds of an idle machine, or if the process `of` has ended.
    """
    began = time.monotonic()
    while not (found := look()):
        if of is not None and of.poll() is not None:
            raise BenchError(f"{what}: the process ended by itself with {of.returncode}")
        if time.monotonic() - began > within * crowding():
            raise BenchError(f"{what}: not within {within:.0f} s, last seen: {found!r}")
        time.sleep(_LOOK_EVERY_SECONDS)
    return found
