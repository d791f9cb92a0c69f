"""Free space on each disk that the shop writes to."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from apps.messaging.finding import Finding, broken, warning, well
from orders_site.conf.database import SQLITE

GIB, MIB = 1024**3, 1024**2
LITTLE, TOO_LITTLE = GIB, 100 * MIB
"""Bytes. With less than the first it is time to act; with less than the second writes soon fail."""


def findings() -> Iterator[Finding]:
    """Yield one for each file system: two folders of one disk have the same space."""
    seen: set[int] = set()
    for folder in _folders():
        there = next(each for each in (folder, *folder.parents) if each.exists())
        if (device := there.stat().st_dev) not in seen:
            seen.add(device)
            yield _of(folder, free_bytes(there))


def free_bytes(folder: Path) -> int:
    """Return how many bytes this process may still write there."""
    return shutil.disk_usage(folder).free


def _of(folder: Path, free: int) -> Finding:
    text = f"{free / GIB:,.1f} GiB" if free >= GIB else f"{free / MIB:,.0f} MiB"
    said = f"{text} free for {folder}"
    if free < TOO_LITTLE:
        return broken("disk", said, "make room now, writes will fail")
    return warning("disk", said, "make room") if free < LITTLE else well("disk", said)


def _folders() -> list[Path]:
    database = settings.DATABASES["default"]
    in_memory = database["ENGINE"] != SQLITE or ":memory:" in str(database["NAME"])
    named: list[Path | str] = [
        *([settings.DEMO_DIR] if settings.DEMO else []),
        *([] if in_memory else [Path(str(database["NAME"])).parent]),
        *([settings.MEDIA_ROOT] if settings.MEDIA_ROOT else []),
    ]
    return [Path(each).absolute() for each in named]
