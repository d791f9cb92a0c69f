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
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "small-disk", str(place)]
    subprocess.run(mount, check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


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
