"""One result of the chaos test: a sentence with counted figures, and whether it is true."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class CheckResult:
    """One line of the report; `broken` names what is not true, and is empty if all is."""

    says: str
    broken: str = ""

    def __str__(self) -> str:
        return f"broken  {self.says}  <-- {self.broken}" if self.broken else f"kept    {self.says}"


class NotWithin(Exception):
    """A condition did not become true in time."""


def until(condition: Callable[[], object], *, within: float, what: str) -> float:
    """Wait until it is true, at most `within` seconds; return how many it took.

    Raises `NotWithin`, which names `what`.
    """
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > within:
            raise NotWithin(f"not within {within:g} s: {what}")
        time.sleep(0.05)
    return time.monotonic() - began


def untrue(**claims: bool) -> str:
    """Return the names of the claims that are false, or an empty text."""
    return ", ".join(name.replace("_", " ") for name, holds in claims.items() if not holds)
