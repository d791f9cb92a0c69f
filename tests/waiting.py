"""Wait for the thing itself, not for a while."""

import time
from collections.abc import Callable

FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.1


def eventually[T](look: Callable[[], T], *, within: float = 10.0, what: str = "") -> T:
    """Look again and again until the answer is true; return it, or fail after `within` seconds."""
    deadline, pause = time.monotonic() + within, FIRST_PAUSE
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {what or look}, last seen: {found!r}")
        time.sleep(pause)
        pause = min(pause * 1.2, LONGEST_PAUSE)  # Looking takes work away from what is waited for.
    return found
