"""A wait with a limit that tells what it waited for, and how busy the machine was meanwhile."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.grey.processors import Processors

LOOK_EVERY_SECONDS = 0.25
"""A look asks `web`, the database, NATS and SQS, and takes time from what it looks at."""


@dataclass(frozen=True)
class Waited:
    """`late` says what was seen if the limit was passed; it is empty if not."""

    seconds: float
    late: str


def wait(what_waits: Callable[[], str], *, limit: float, give_up: float) -> Waited:
    """Wait until the answer is empty; stop after `give_up` seconds, at `limit` or later."""
    began, processors, seen = time.monotonic(), Processors(), ""
    while waits := what_waits():
        seen = waits
        if time.monotonic() - began >= give_up:
            break
        time.sleep(LOOK_EVERY_SECONDS)
    seconds = time.monotonic() - began
    late = f"{seen} after {seconds:.1f} s, {processors.busy()}" if seconds > limit else ""
    return Waited(seconds, late)
