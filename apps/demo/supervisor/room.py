"""Room on the disk for the demo: NATS promises each stream its greatest size when it is made."""

import shutil
from pathlib import Path

from apps.demo.errors import NoRoom
from apps.messaging.events.streams import declared_streams

LENT = 3 / 4
"""So much of the free disk nats-server lends to its streams, where nothing else is configured."""
MIB = 1024**2
BESIDE = 100 * MIB
"""Database, pictures and mails of a day's play."""


def bytes_needed() -> int:
    """Return how much has to be free."""
    return int(sum(each.max_bytes for each in declared_streams()) / LENT) + BESIDE


def check_room(folder: Path) -> None:
    """Raise `NoRoom` where the disk of the folder has less; the folder need not be there yet."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    free, needed = shutil.disk_usage(there).free, bytes_needed()
    if free < needed:
        raise NoRoom(
            f"the disk of DEMO_DIR={folder} has {free / MIB:,.0f} MiB free, and the demo needs "
            f"{needed / MIB:,.0f}: make room, or set DEMO_DIR to a folder of another disk."
        )
