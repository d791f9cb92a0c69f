"""Waits for a condition by checking it again and again, where nothing announces it."""

import time
from collections.abc import Callable

PAUSE = 0.1
"""Seconds."""


def until(is_so: Callable[[], object], *, within: float) -> bool:
    """Check every tenth of a second, at least once; return whether it became true.

    `within` is in seconds.
    """
    deadline = time.monotonic() + within
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)
    return True
