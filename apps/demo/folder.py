"""DEMO_DIR, the folder with all that the demo keeps: one demo at a time, and wiped on demand."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apps.demo.errors import FolderInUse, NotOurFolder

_LOCK = "demo.lock"


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Hold the folder. The kernel gives it back however this process ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(
                f"a demo is running on {folder}: stop it first, or set DEMO_DIR to another folder."
            ) from None
        yield


def wipe(folder: Path) -> None:
    """Delete the folder. Raises `FolderInUse`, and `NotOurFolder` where no demo has ever run."""
    # settings.py makes the secret key, even for this command.
    strangers = {entry.name for entry in folder.iterdir()} - {"secret_key"}
    if strangers and _LOCK not in strangers:
        raise NotOurFolder(f"{folder} is no demo's folder: look at DEMO_DIR.")
    with claimed(folder):
        shutil.rmtree(folder)
