"""Other processes as a test sees them."""

from collections.abc import Callable
from pathlib import Path

from tests.support.waiting import eventually

PATIENCE = 10.0


def is_running(pid: int) -> bool:
    """A zombie that was not reaped yet is not running."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def wait_until(condition: Callable[[], object], *, seconds: float = PATIENCE) -> None:
    """Look often; give up after ten seconds of an idle machine."""
    eventually(condition, within=seconds)
