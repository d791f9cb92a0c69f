"""How busy the processors of this machine are: a time above its limit may be their fault."""

from pathlib import Path

STAT = Path("/proc/stat")
IDLE = slice(3, 5)
"""Of the times of all processors: idle, and waiting for a disk."""


class Processors:
    """Counts from the moment it is made."""

    def __init__(self) -> None:
        self._began = _times()

    def busy(self) -> str:
        """Return the share of the time in which they had work, as text; Linux alone tells it."""
        spent = [now - before for now, before in zip(_times(), self._began, strict=True)]
        if not (total := sum(spent)):
            return "processors: not known"
        return f"processors {100 * (1 - sum(spent[IDLE]) / total):.0f} % busy"


def _times() -> list[int]:
    """Return the times of all processors by their use, in ticks; empty where Linux is not."""
    if not STAT.exists():
        return []
    of_all = STAT.read_text().split("\n", 1)[0]
    # Without the guests' times, which are part of others.
    return [int(ticks) for ticks in of_all.split()[1:9]]
