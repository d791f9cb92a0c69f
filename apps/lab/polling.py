"""Waits for something that nobody announces, by asking for it again and again."""

import time
from collections.abc import Callable

PAUSE = 0.1


def until(is_so: Callable[[], object], *, within: float) -> bool:
    """Ask every tenth of a second, once at least; say whether it became true within so many."""
    deadline = time.monotonic() + within
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)
    return True
