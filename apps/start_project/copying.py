"""Makes the copy: each file under its new name, then ruff, then the stamp; all of it or nothing."""

import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

from apps.start_project.checkout import commit_of, files_of, git_environment
from apps.start_project.errors import FolderTaken, ToolMissing
from apps.start_project.left_out import (
    CHANGELOG,
    NEW_CHANGELOG,
    STAMP,
    without_the_command,
)
from apps.start_project.parts.part import Part
from apps.start_project.parts.taking_out import TakingOut
from apps.start_project.project_name import ProjectName
from apps.start_project.renames import keeps_names, renamed, renamed_path

RUFF = (("check", "--select=I,F401", "--fix"), ("format",))
"""A name of another length or letter: imports stand in another order, and lines break elsewhere.
Without a part some imports are of no use any more.
"""

OF_THE_COPY = {"DEMO": "true", "DJANGO_SETTINGS_MODULE": "", "PYTHONSAFEPATH": ""}
"""Variables with which Python imports the copy's modules, and all settings have a default."""


def start_project(
    name: ProjectName, folder: Path, *, root: Path, git: bool = False, parts: Sequence[Part] = ()
) -> None:
    """Make the project in `folder` without `parts`, with one commit if `git`. Raises `CannotStart`.

    It is made in a folder beside and moved at the end: whatever fails leaves nothing behind.
    """
    folder = Path.cwd() / folder
    _require_room(folder, root)
    if not find_spec("ruff"):
        raise ToolMissing(
            "ruff is not installed, which formats the copy: run `make install` first."
        )
    files = files_of(root)
    taking_out = TakingOut(parts, files)
    made = _folder_beside(folder)
    try:
        for path in files:
            _copy(path, name, taking_out, root, made)
        (made / STAMP).write_text(_stamp(name, root, parts))
        _format(made)
        for made_by in taking_out.written_again():
            command = [sys.executable, "-B", *made_by.split()]
            failed = f"{made_by} fails in the copy (of a clean clone it does not)"
            _run(command, made, failed, OF_THE_COPY)
        if git:
            _commit(made, name)
        made.chmod(root.stat().st_mode)
        _put(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _put(made: Path, folder: Path) -> None:
    """Move it to its place. An empty folder stays the same one: a shell may stand in it."""
    if not folder.exists():
        made.replace(folder)
        return
    for each in list(made.iterdir()):
        each.replace(folder / each.name)


def _folder_beside(folder: Path) -> Path:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise FolderTaken(f"{folder} cannot be made: {error}") from error


def _require_room(folder: Path, root: Path) -> None:
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise FolderTaken(f"{folder} is there already: name a new folder, or an empty one.")
    if folder.resolve().is_relative_to(root.resolve()):
        raise FolderTaken(f"{folder} lies within this repository: name a folder outside of it.")


def _copy(
    path: PurePosixPath, name: ProjectName, taking_out: TakingOut, root: Path, made: Path
) -> None:
    """Copy one file or symbolic link that the copy has, with its mode."""
    place = taking_out.place_of(path)
    if place is None:
        return
    source, target = root / path, made / renamed_path(place, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():
        target.symlink_to(renamed_path(PurePosixPath(source.readlink()), name))
        return
    target.write_bytes(_content(path, source.read_bytes(), name, taking_out))
    shutil.copymode(source, target)


def _content(
    path: PurePosixPath, content: bytes, name: ProjectName, taking_out: TakingOut
) -> bytes:
    """Return what the copy has in this file. What is no text, such as a picture, stays."""
    if path == CHANGELOG:
        return NEW_CHANGELOG.encode()
    if b"\0" in content:
        return content
    try:
        text = taking_out.text_of(path, content.decode())
    except UnicodeDecodeError:
        return content
    if keeps_names(path):
        return text.encode()
    return renamed(without_the_command(text, path), name).encode()


def _stamp(name: ProjectName, root: Path, parts: Sequence[Part]) -> str:
    """Return what a later merge needs: the original's version and commit, and no time."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    commit, changed = commit_of(root)
    return (
        "# What this project was started from. To merge a newer version: docs/upgrading.md there.\n"
        f'original = "{project["name"]}"\n'
        f'version = "{project["version"]}"\n'
        f'commit = "{commit}"\n'
        f"files_changed_since_that_commit = {str(changed).lower()}\n"
        f'name = "{name.package}"\n'
        f"without = {json.dumps(sorted(part.name for part in parts))}\n"
    )


def _format(made: Path) -> None:
    for command in RUFF:
        ruff = [sys.executable, "-m", "ruff", *command, "--quiet", "--no-cache", "."]
        _run(ruff, made, "ruff cannot format the copy")


def _commit(made: Path, name: ProjectName) -> None:
    failed = "git cannot make the commit"
    _run(["git", "init", "--quiet", "--initial-branch=main"], made, failed)
    _run(["git", "add", "--all"], made, failed)
    _run(["git", "commit", "--quiet", f"--message=Start {name.title}"], made, failed)


def _run(
    command: list[str], folder: Path, failed: str, variables: Mapping[str, str] | None = None
) -> None:
    """Run it in the folder; of the `variables`, an empty one is taken away.

    Raises `ToolMissing` with the last line of what it says.
    """
    given = variables or {}
    env = git_environment() | dict(given)
    env = {name: value for name, value in env.items() if value or name not in given}
    try:
        subprocess.run(  # noqa: S603  the arguments are ours
            command, check=True, cwd=folder, capture_output=True, text=True, env=env
        )
    except OSError as error:
        raise ToolMissing(f"{failed}: {command[0]} is not installed.") from error
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout).strip().splitlines() or ["it says nothing"]
        raise ToolMissing(f"{failed}: {said[-1]}") from error
