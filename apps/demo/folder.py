"""DEMO_DIR, the folder with all files of the demo: one demo uses it at a time."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from apps.demo.errors import FolderInUse, NoDemo, NotOurFolder
from apps.messaging import kept_file

_LOCK, _SECRET = "demo.lock", "secret_key"
_KEPT = (
    "beat*",
    "db.sqlite3*",
    "demo.log",
    "demo.ports",
    "demo.socket",
    "jetstream",
    "load.lock",
    "mail",
    "metrics.json",
    "pictures",
    _SECRET,
    "slow.log",
    "staff_password",
    _LOCK,
)
"""Files of a demo, and of the chaos test with one; `wipe` deletes the lock last."""
_DELETED = (kept_file.UNFINISHED, *_KEPT)
_SIGNS = (_LOCK, _SECRET)
"""A folder with one of these is a demo's."""


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Lock the folder, and write our pid into the lock. The kernel unlocks it when we end."""
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
    """Raise `FolderInUse`, or `NotOurFolder` if `wipe` would delete what no demo has written.

    Writes nothing.
    """
    if is_in_use(folder):
        raise _in_use(folder)
    if not any((folder / name).exists() for name in _SIGNS):
        for pattern in _KEPT:
            if found := next(folder.glob(pattern), None):
                raise NotOurFolder(
                    f"DEMO_DIR={folder} has {found.name}, which no demo has written: "
                    "name another folder."
                )


def check_writable(folder: Path) -> None:
    """Raise `NotOurFolder` if this user may not write there, or not make the folder."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        raise NotOurFolder(f"DEMO_DIR={folder} cannot be written to: name a folder of your own.")


def make_ours(folder: Path) -> None:
    """Mark the folder as a demo's: the chaos test writes into it before its demo runs."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _LOCK).touch()


def _in_use(folder: Path) -> FolderInUse:
    return FolderInUse(
        f"a demo is running on {folder}: stop it first, or set DEMO_DIR to another folder."
    )


def keep_secret_key(folder: Path) -> None:
    """Store this process's key for those that it starts: settings.py stores none for `demo`."""
    kept_file.keep(folder / _SECRET, settings.SECRET_KEY)


def is_in_use(folder: Path) -> bool:
    """Return whether a demo runs on it."""
    try:
        with (folder / _LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False  # There is no such folder, or no demo has run on it.
    return False


def check_in_use(folder: Path) -> None:
    """Raise `NoDemo` if no demo runs on the folder."""
    if not is_in_use(folder):
        raise NoDemo(
            f"no demo runs on {folder}: start one with `make demo`, or set DEMO_DIR to its folder."
        )


def wipe(folder: Path) -> None:
    """Delete all files of a demo, and the folder if it is empty then.

    Raises `FolderInUse`, and `NotOurFolder` if no demo has run on it.
    """
    if not folder.exists():
        return
    # `migrate` alone writes a key into any DEMO_DIR, and perhaps the database.
    found = list(folder.iterdir())
    began = any(each.name == _SECRET or each.match(kept_file.UNFINISHED) for each in found)
    only_ours = began and all(any(map(each.match, _DELETED)) for each in found)
    if found and not only_ours and not (folder / _LOCK).exists():
        raise NotOurFolder(f"{folder} is not the folder of a demo: check DEMO_DIR.")
    with claimed(folder):
        for pattern in _DELETED:
            for path in folder.glob(pattern):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
    with suppress(OSError):  # Not empty: other files are there.
        folder.rmdir()
