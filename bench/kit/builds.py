"""The two builds that are compared: this checkout, and the one before the speed work began.

Both run with the packages of this checkout, so that a figure compares the shop's code alone.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.kit.errors import BenchError
from bench.kit.processes import run

ROOT = Path(__file__).resolve().parents[2]
BEFORE_COMMIT = "b5066e13b43b56898f2aa51deeb7745aa5e16229"
"""The last commit in which each event and each row was handled one by one."""
PEERS_PYTHON = str(ROOT / ".bench" / "bin" / "python")
"""The shop's packages, and the peers of `bench/requirements.txt`."""


@dataclass(frozen=True, kw_only=True)
class Build:
    """A checkout of the shop."""

    name: str
    path: Path
    commit: str

    def worker(self, name: str) -> list[str]:
        """Return the command of a shipped worker."""
        return [sys.executable, "-m", f"workers.{name}"]

    def manage(self, *arguments: str) -> list[str]:
        """Return the command of a management command."""
        return [sys.executable, "manage.py", *arguments]


def present() -> Build:
    """Return this checkout; its commit ends with `+` if files of it were changed since."""
    commit = run(["git", "rev-parse", "HEAD"], cwd=ROOT).strip()
    changed = run(["git", "status", "--porcelain", "--untracked-files=no"], cwd=ROOT)
    return Build(name="now", path=ROOT, commit=commit + ("+" if changed.strip() else ""))


@contextmanager
def before() -> Iterator[Build]:
    """Yield the build of `BEFORE_COMMIT`. Raises `BenchError` where it is not to be had."""
    with worktree_of(BEFORE_COMMIT) as path:
        # As `make install` leaves this checkout, so that no start compiles.
        run([sys.executable, "-m", "compileall", "-q", "apps", "orders_site", "workers"], cwd=path)
        yield Build(name="before", path=path, commit=BEFORE_COMMIT)


@contextmanager
def worktree_of(commit: str) -> Iterator[Path]:
    """Yield a worktree of this commit in a temporary folder, and remove it.

    Raises `BenchError` in one line if the history has no such commit.
    """
    try:
        run(["git", "cat-file", "-e", f"{commit}^{{commit}}"], cwd=ROOT)
    except BenchError as error:
        raise BenchError(
            f"the history lacks commit {commit[:7]}, the build to compare with. A copy under "
            "another name never has it; a shallow clone needs `git fetch --unshallow`."
        ) from error
    # What a bench has left that was killed, and could not remove its own.
    run(["git", "worktree", "prune"], cwd=ROOT)
    with tempfile.TemporaryDirectory(prefix="shop-bench-before-") as folder:
        path = Path(folder) / "checkout"
        run(["git", "worktree", "add", "--detach", str(path), commit], cwd=ROOT)
        try:
            yield path
        finally:
            run(["git", "worktree", "remove", "--force", str(path)], cwd=ROOT)
