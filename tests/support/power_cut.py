"""A disk that loses its power: what was written and not synced is gone, for tests that run as root.

A process that is killed loses nothing that it has written, since the kernel keeps it. So the disk
is an ext4 of its own in a file. The kernel shuts it down at once, without writing its journal and
its caches (`EXT4_IOC_SHUTDOWN`, with which the kernel's own tests imitate a power cut).
"""

import fcntl
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.waiting import eventually

needs_a_disk = pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/dev/loop-control").exists() or not shutil.which("mkfs.ext4"),
    reason="a disk in a file wants root, loop devices and mkfs.ext4",
)
_SHUTDOWN = 0x8004587D
_WITHOUT_LOG = struct.pack("I", 2)


@dataclass(frozen=True)
class Disk:
    """A file system in `image`, mounted at `place`."""

    image: Path
    place: Path

    def mount(self) -> None:
        # Ten minutes, or the kernel would write by itself what was not synced for five seconds.
        subprocess.run(
            ["mount", "-o", "loop,commit=600", str(self.image), str(self.place)], check=True
        )

    def unmount(self) -> None:
        """Return when the kernel has let it go: a container that starts elsewhere on this machine
        holds each mount for a moment, and a disk that is held stays as the power cut left it."""
        subprocess.run(["umount", str(self.place)], check=True)
        eventually(lambda: not self._devices(), within=30, what=f"{self.image} is let go")

    def _devices(self) -> str:
        """Return the loop devices that stand for the image; the last unmount frees its own."""
        command = ["losetup", "--noheadings", "--output=NAME", "--associated", str(self.image)]
        return subprocess.check_output(command, text=True).strip()

    def sync(self) -> None:
        """Write all that it has to this disk, and to no other."""
        subprocess.run(["sync", "--file-system", str(self.place)], check=True)

    def cut_power(self) -> None:
        """Lose what is not synced; nothing can be written from now on."""
        folder = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, _SHUTDOWN, _WITHOUT_LOG)
        finally:
            os.close(folder)

    def start_again(self) -> None:
        """As after a power cut, when no process has a file of it open any more."""
        self.unmount()
        self.mount()


@contextmanager
def disk_of_its_own(folder: Path, *, size: str) -> Iterator[Disk]:
    """Yield a new disk; `size` is as `truncate` takes it, `64M` or `3G`."""
    disk = Disk(folder / "disk.image", folder / "disk")
    disk.place.mkdir(parents=True)
    subprocess.run(["truncate", "--size", size, str(disk.image)], check=True)
    subprocess.run(["mkfs.ext4", "-q", str(disk.image)], check=True)
    disk.mount()
    try:
        yield disk
    finally:
        disk.unmount()
