"""`python -m apps.demo.reloading python -m MODULE …`: runs it, and ends when a file of it changes.

Whatever started the process starts it again: the supervisor of the demo, or compose. It reloads
nothing within a process, where old functions and new ones would run side by side.
"""

import os
import runpy
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = ("apps", "orders_site", "workers")
LOOK_EVERY_SECONDS = 0.3
SERVERS = ("granian",)
"""They import the shop in processes of their own, so any file of it may be theirs."""


def main(*command: str) -> None:
    """Run a command of Python in this process, `python -m MODULE` or `MODULE`; watch its files."""
    module, *arguments = command[2:] if command[1:2] == ("-m",) else command
    looks = all_files if module in SERVERS else loaded_files
    threading.Thread(target=_watch, args=[looks], name="reloading", daemon=True).start()
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SyntaxError as error:
        file = Path(error.filename or "")
        if not _is_ours(file):
            raise
        _wait_until_it_compiles(file)


def loaded_files() -> Iterator[Path]:
    """Yield the files of this project that this process has imported."""
    for module in [*sys.modules.values()]:
        if (file := getattr(module, "__file__", None)) and _is_ours(Path(file)):
            yield Path(file)


def all_files() -> Iterator[Path]:
    """Yield the modules and templates of this project."""
    for folder in OURS:
        yield from (ROOT / folder).rglob("*.py")
        yield from (ROOT / folder).rglob("*.html")


def changed(known: dict[Path, int], files: Iterable[Path], *, since: int) -> list[Path]:
    """Return the files that have changed since the last call, and keep their times in `known`.

    A file that is new in `known` has changed if it did so after `since`, the start of the process
    (times in nanoseconds). One that is away is being replaced by an editor.
    """
    found = []
    for file in files:
        try:
            time_of_change = file.stat().st_mtime_ns
        except FileNotFoundError:
            continue
        # A time to come says nothing, and would end each next process as well. The clock is read
        # after the file's time: a file that is saved during this look has a time of the past.
        is_new = since < time_of_change <= time.time_ns()
        if known.setdefault(file, since if is_new else time_of_change) != time_of_change:
            known[file] = time_of_change
            found.append(file)
    return found


def broken(file: Path) -> str:
    """Return what hinders the file from being compiled; empty if nothing does."""
    if file.suffix != ".py":
        return ""
    try:
        compile(file.read_bytes(), file, "exec")
    except (SyntaxError, ValueError) as error:
        return f"{file.relative_to(ROOT)} is not live: {error}"
    return ""


def _wait_until_it_compiles(file: Path) -> None:
    """Wait with the start: else the process would die and be started again all the time."""
    sys.stderr.write(f"{broken(file)}\n")
    while broken(file):
        time.sleep(LOOK_EVERY_SECONDS)


def _is_ours(file: Path) -> bool:
    return file.is_relative_to(ROOT) and file.relative_to(ROOT).parts[0] in OURS


def _watch(looks: Callable[[], Iterable[Path]]) -> None:
    known, since = dict[Path, int](), time.time_ns()
    while True:
        files = changed(known, looks(), since=since)
        reasons = [reason for file in files if (reason := broken(file))]
        sys.stderr.writelines(f"{reason}\n" for reason in reasons)
        if files and not reasons:
            os.kill(os.getpid(), signal.SIGTERM)  # It finishes what it has begun, as at any stop.
            return
        time.sleep(LOOK_EVERY_SECONDS)


if __name__ == "__main__":
    main(*sys.argv[1:])
