"""A file system of its own in memory, which can be full: for tests that run as root."""

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="a file system of its own wants root")


@contextmanager
def small_disk(place: Path, *, size: str) -> Iterator[Path]:
    """Mount it at a new folder; `size` is as `mount` takes it, `48m` or `3g`."""
    place.mkdir(parents=True)
    _mount("-t", "tmpfs", "-o", f"size={size}", "small-disk", place)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextmanager
def read_only_disk(place: Path) -> Iterator[None]:
    """Let nothing that opens a file below that folder from now on write to it.

    Linux mounts no file system read-only while a file is open for writing, and of a busy database
    one always is. So a read-only view of the folder covers it: it has the same files and locks.
    """
    view = place.with_name(f"{place.name}-read-only")
    view.mkdir()
    _mount("--bind", place, view)
    _mount("-o", "remount,bind,ro", view)
    _mount("--bind", view, place)
    subprocess.run(["umount", str(view)], check=True)
    view.rmdir()
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def _mount(*words: str | Path) -> None:
    subprocess.run(["mount", *map(str, words)], check=True)


@contextmanager
def full(place: Path) -> Iterator[None]:
    """Leave no byte of room on the file system of that folder."""
    filler = place / "filler"
    with filler.open("wb") as file:
        at = 0
        for size in (1024**2, 4096, 1):
            while _is_room(file.fileno(), at, size):
                at += size
    try:
        yield
    finally:
        filler.unlink()


def _is_room(descriptor: int, at: int, size: int) -> bool:
    try:
        os.posix_fallocate(descriptor, at, size)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return False
    return True
