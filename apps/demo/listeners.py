"""Which process listens on a port of this machine, as far as Linux says it."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_LISTENS = "0A"
"""The state of a listening socket in the kernel's tables."""
_LOCAL, _STATE, _INODE = 1, 3, 9
"""Columns of these tables."""


def who_listens(port: int) -> str:
    """Return like `nats-server (process 4711)`.

    Only the name: an argument could be a password.
    """
    inodes = {f"socket:[{inode}]" for inode in _inodes(port)}
    for process in _PROC.glob("[0-9]*"):
        # It may be another user's, or have just ended.
        with suppress(OSError):
            if _has_open(process, inodes):
                name = (process / "comm").read_text().strip()
                return f"{name} (process {process.name})"
    return "a process of another user, or of Docker"


def _has_open(process: Path, inodes: set[str]) -> bool:
    for file in (process / "fd").iterdir():
        with suppress(FileNotFoundError):  # It has just closed this one.
            if str(file.readlink()) in inodes:
                return True
    return False


def _inodes(port: int) -> Iterator[str]:
    for table in ("tcp", "tcp6"):
        with suppress(OSError):  # No Linux, or no IPv6.
            for line in (_PROC / "net" / table).read_text().splitlines()[1:]:
                columns = line.split()
                is_it = int(columns[_LOCAL].rpartition(":")[2], 16) == port
                if is_it and columns[_STATE] == _LISTENS:
                    yield columns[_INODE]
