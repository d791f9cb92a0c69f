"""Small files that one process writes and others read: each is whole, or not there.

A process that dies while it writes, and a full disk, would else leave an empty file for good.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UNFINISHED = ".*.unfinished"
"""The pattern of the file that a process leaves behind if it dies in `write_whole`."""
_MINE_ALONE, _OTHERS = 0o600, 0o077


def kept(path: Path) -> str:
    """Return the file's text; empty if there is no file, or if it holds no text."""
    try:
        return path.read_text().strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return ""


def keep(path: Path, text: str) -> str:
    """Store the text, unless the file holds one; return what it holds. Only its owner may read it.

    Of several processes at once, one stores its text.
    """
    with _locked(path.parent):
        if not kept(path):
            write_whole(path, text)
    if path.stat().st_mode & _OTHERS:
        path.chmod(_MINE_ALONE)  # An older version of the demo wrote it.
    return kept(path)


def write_whole(path: Path, text: str) -> None:
    """Replace the file in one step. The caller ensures that no other process does so now."""
    unfinished = path.with_name(UNFINISHED.replace("*", path.name))
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MINE_ALONE)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)  # Before the name: a power cut could keep the name alone.
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
