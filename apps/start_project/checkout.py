"""The files of this repository: all but those that git ignores, also where there is no git."""

import os
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

IGNORED_TOO = (".git",)
OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX")
"""Variables by which git, in a hook of another repository, would take that one."""


def files_of(root: Path) -> list[PurePosixPath]:
    """Return the paths of files and symbolic links, relative to `root`, sorted.

    In a repository a new file counts before git knows it, unless git ignores it.
    """
    all_but_ignored = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listed = _git(root, *all_but_ignored) if is_repository(root) else None
    found = (
        _walked(root) if listed is None else map(PurePosixPath, filter(None, listed.split("\0")))
    )
    # git lists a repository within this one as a folder, which is no file of ours.
    return sorted(path for path in found if (root / path).is_symlink() or (root / path).is_file())


def is_repository(folder: Path) -> bool:
    """Return whether the folder is the top of a git repository, and not only within one."""
    top = _git(folder, "rev-parse", "--show-toplevel")
    return top is not None and Path(top.rstrip("\n")).resolve() == folder.resolve()


def commit_of(root: Path) -> tuple[str, bool]:
    """Return the commit, or an empty string, and whether a file was changed or added since."""
    if not is_repository(root):
        return "", False
    commit = _git(root, "rev-parse", "--verify", "--quiet", "HEAD") or ""
    return commit.strip(), bool(_git(root, "status", "--porcelain", "--untracked-files=normal"))


def git_environment() -> dict[str, str]:
    """Return our variables without `OF_A_HOOK`."""
    return {name: value for name, value in os.environ.items() if name not in OF_A_HOOK}


def _git(folder: Path, *arguments: str) -> str | None:
    """Return what git prints; None where there is no git, or it fails."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(  # noqa: S603  the arguments are ours
            command, check=True, capture_output=True, text=True, env=git_environment()
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout


def _walked(root: Path) -> Iterator[PurePosixPath]:
    patterns = [*IGNORED_TOO, *(root / ".gitignore").read_text().split()]
    for folder, folders, files in os.walk(root):
        here = PurePosixPath(Path(folder).relative_to(root).as_posix())
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        folders[:] = [
            name for name in folders if name not in links and not _ignored(here / name, patterns)
        ]
        yield from (here / each for each in (*files, *links) if not _ignored(here / each, patterns))


def _ignored(path: PurePosixPath, patterns: list[str]) -> bool:
    """Return whether a pattern of our .gitignore fits: a name, or a path that begins with /."""
    return any(
        fnmatch(f"/{path}" if pattern.startswith("/") else path.name, pattern.rstrip("/"))
        for pattern in patterns
    )
