"""Wait for the thing itself, not for a while."""

import time
from collections.abc import Callable


def eventually[T](look: Callable[[], T], *, within: float = 10.0, what: str = "") -> T:
    """Look again and again until the answer is true; return it, or fail after `within` seconds."""
    deadline = time.monotonic() + within
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {what or look}, last seen: {found!r}")
        time.sleep(0.02)
    return found
