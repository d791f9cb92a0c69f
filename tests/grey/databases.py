"""An empty database for a shop: on a PostgreSQL server of its own, or SQLite on a small disk."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.grey.bed import SMALL_DISK
from tests.support.postgresql import make_database, postgresql
from tests.support.small_disk import small_disk


@contextmanager
def database(bed: str, folder: Path) -> Iterator[str]:
    """Make the folder, and yield the way to a database that no link is in."""
    folder.mkdir(parents=True)
    if bed == "postgresql":
        with postgresql() as port:
            yield make_database(port, "shop")
    else:
        with _disk(folder / "disk") as disk:
            yield f"sqlite:///{quote(str(disk / 'db.sqlite3'))}"


@contextmanager
def _disk(place: Path) -> Iterator[Path]:
    if os.geteuid() == 0:
        with small_disk(place, size=SMALL_DISK) as disk:
            yield disk
    else:
        place.mkdir()
        yield place
