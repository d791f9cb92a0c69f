"""Wait for the thing itself, not for a while."""

import os
import time
from collections.abc import Callable

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.01, 0.1
STALL_SECONDS = 6.0
"""For so long all may stand still, as where a disk is slow: the load average does not show it."""


def crowding() -> float:
    """Return by how much this machine is slower than an idle one: 1 or more.

    With a load of three times its cores, a second of work takes three.
    """
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def at_most(seconds: float) -> float:
    """Return how long that takes at most on this machine, which may be busy and stand still.

    `seconds` are those of an idle machine that never stalls.
    """
    return seconds * crowding() + STALL_SECONDS


def at_least(seconds: float) -> float:
    """Return how long a limit of so many seconds lasts at least: a timer may ring a bit early."""
    return 0.9 * seconds


def eventually[T](
    look: Callable[[], T], *, within: float = 10.0, what: str | Callable[[], str] = ""
) -> T:
    """Repeat `look` until its answer is true; return it, or fail after `within` seconds.

    `within` is for an idle machine, as in `at_most`. If `what` is a function, it is called at the
    failure, to describe the present state.
    """
    began, pause = time.monotonic(), FIRST_PAUSE_SECONDS
    while not (found := look()):
        if (took := time.monotonic() - began) > at_most(within):
            wanted = what() if callable(what) else what or look
            raise AssertionError(f"not within {took:.1f} s: {wanted}, last seen: {found!r}")
        time.sleep(pause)
        pause = min(
            pause * 1.2, LONGEST_PAUSE_SECONDS
        )  # A look takes processor time from the others.
    return found
