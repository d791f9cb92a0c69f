"""DEMO_DIR, the folder with all that the demo keeps: one demo at a time, and wiped on demand."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from apps.demo.errors import FolderInUse, NoDemo, NotOurFolder

_LOCK = "demo.lock"
_KEPT = (
    "beat*",
    "db.sqlite3*",
    "demo.log",
    "jetstream",
    "mail",
    "pictures",
    "secret_key",
    "slow.log",
    "staff_password",
    _LOCK,
)
"""What a demo, or a proof with one, writes into its folder; the lock goes last."""
_SIGNS = (_LOCK, "secret_key")
"""By which a folder is known for a demo's."""


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Hold the folder, whose lock then holds our pid. However we end, the kernel gives it back."""
    check_usable(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / _LOCK).open("a")
    except OSError as error:
        raise NotOurFolder(f"DEMO_DIR={folder} cannot be used: {error.strerror}.") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _in_use(folder) from None
        lock.truncate(0)
        print(os.getpid(), file=lock, flush=True)
        yield


def check_usable(folder: Path) -> None:
    """Raise `FolderInUse`, or `NotOurFolder` where `wipe` would take what a demo has not made.

    Nothing is written.
    """
    if is_in_use(folder):
        raise _in_use(folder)
    if not any((folder / name).exists() for name in _SIGNS):
        for pattern in _KEPT:
            if found := next(folder.glob(pattern), None):
                raise NotOurFolder(
                    f"DEMO_DIR={folder} has {found.name} of somebody else's: name another folder."
                )


def make_ours(folder: Path) -> None:
    """Make it a demo's before one runs: a proof writes into it, or mounts there, before that."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _LOCK).touch()


def _in_use(folder: Path) -> FolderInUse:
    return FolderInUse(
        f"a demo is running on {folder}: stop it first, or set DEMO_DIR to another folder."
    )


def keep_secret_key(folder: Path) -> None:
    """Keep this process's for those that it will start: settings.py keeps none for `demo`."""
    path = folder / "secret_key"
    with suppress(FileExistsError):
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(settings.SECRET_KEY)
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)  # Of a demo that was made before.


def is_in_use(folder: Path) -> bool:
    """Say whether a demo runs on it."""
    try:
        with (folder / _LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False  # There is no such folder, or no demo has ever run on it.
    return False


def check_in_use(folder: Path) -> None:
    """Raise `NoDemo` where none runs on the folder."""
    if not is_in_use(folder):
        raise NoDemo(
            f"no demo runs on {folder}: start one with `make demo`, or set DEMO_DIR to its folder."
        )


def wipe(folder: Path) -> None:
    """Delete what a demo keeps there, and the folder where nothing else is in it.

    Raises `FolderInUse`, and `NotOurFolder` where no demo has ever run.
    """
    if not folder.exists():
        return
    # Migrating made it, of whatever folder DEMO_DIR was then.
    strangers = {entry.name for entry in folder.iterdir()} - {"secret_key"}
    if strangers and _LOCK not in strangers:
        raise NotOurFolder(f"{folder} is no demo's folder: look at DEMO_DIR.")
    with claimed(folder):
        for pattern in _KEPT:
            for path in folder.glob(pattern):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
    with suppress(OSError):  # Not empty: somebody else keeps something there.
        folder.rmdir()
