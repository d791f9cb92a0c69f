"""What `manage.py doctor` says of one thing, and a check that finds it out.

The doctor also runs on a Python that is too old for the shop: nothing here is newer
than Python 3.9.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

Health = Literal["ok", "skipped", "warning", "broken"]
"""`skipped`: not looked at; `warning`: may lead astray; `broken`: something will fail."""


class Finding(NamedTuple):
    """One line: the thing's name, its state, what was seen, and the mend if one is needed."""

    name: str
    state: Health
    seen: str
    mend: str = ""


class DoctorCheck(NamedTuple):
    """A check that runs in a thread of its own, for some seconds at most.

    `run` returns its findings, and may raise what it does not expect. `mend` is what to do if it
    has not ended in time, or if it raises. `asks_servers` is whether it needs the shop's servers.
    """

    name: str
    run: Callable[[], Iterable[Finding]]
    mend: str
    asks_servers: bool = False


def well(name: str, seen: str) -> Finding:
    """Return that it is as it should be."""
    return Finding(name, "ok", seen)


def skipped(name: str, why: str) -> Finding:
    """Return that it was not looked at."""
    return Finding(name, "skipped", f"not looked at, {why}")


def warning(name: str, seen: str, mend: str) -> Finding:
    """Return that it works, and may lead astray."""
    return Finding(name, "warning", seen, mend)


def broken(name: str, seen: str, mend: str) -> Finding:
    """Return that something will fail."""
    return Finding(name, "broken", seen, mend)


def some(names: Sequence[str], *, at_most: int) -> str:
    """Return the first of these names in one text, and how many more there are."""
    more = f" and {len(names) - at_most} more" if len(names) > at_most else ""
    return ", ".join(names[:at_most]) + more
