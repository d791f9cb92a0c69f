"""Free space on the disk for the demo: NATS reserves the full size of a stream when it is made."""

import shutil
from pathlib import Path

from apps.demo.errors import NoRoom
from apps.messaging.events.streams import declared_streams

LENT = 3 / 4
"""The share of the free disk that nats-server gives to its streams by default."""
MIB = 1024**2
BESIDE = 100 * MIB
"""Bytes for the database, pictures and mails of a day."""


def bytes_needed() -> int:
    """Return how many bytes must be free."""
    return int(sum(each.max_bytes for each in declared_streams()) / LENT) + BESIDE


def check_room(folder: Path) -> None:
    """Raise `NoRoom` if the folder's disk has less; the folder need not exist."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    free, needed = shutil.disk_usage(there).free, bytes_needed()
    if free < needed:
        raise NoRoom(
            f"the disk of DEMO_DIR={folder} has {free / MIB:,.0f} MiB free, and the demo needs "
            f"{needed / MIB:,.0f}: make room, or set DEMO_DIR to a folder of another disk."
        )
