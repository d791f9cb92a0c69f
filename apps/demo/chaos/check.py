"""What `manage.py prove` finds: a sentence with counted figures, and whether it holds."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Promise:
    """One line of the proof; `broken` says what does not hold, and is empty where all does."""

    says: str
    broken: str = ""

    def __str__(self) -> str:
        return f"broken  {self.says}  <-- {self.broken}" if self.broken else f"kept    {self.says}"


class NotWithin(Exception):
    """What was waited for did not come in time."""


def until(condition: Callable[[], object], *, within: float, what: str) -> float:
    """Look until it is true, and return the seconds that took. Raises `NotWithin`."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > within:
            raise NotWithin(f"not within {within:g} s: {what}")
        time.sleep(0.05)
    return time.monotonic() - began


def unkept(**claims: bool) -> str:
    """Return the names of the claims that do not hold."""
    return ", ".join(name.replace("_", " ") for name, holds in claims.items() if not holds)
