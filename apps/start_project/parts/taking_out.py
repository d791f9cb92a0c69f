"""Takes parts out of a copy: which files go, and what a file that stays looks like without them."""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import PurePosixPath

from apps.start_project.errors import TableOutOfDate
from apps.start_project.left_out import is_left_out
from apps.start_project.parts.cuts import Change, Cut
from apps.start_project.parts.part import Part

DURATIONS = PurePosixPath("tests/plugins/durations.json")
RELEASED_MIGRATIONS = PurePosixPath("tests/released_migrations.txt")
_TOO_EMPTY = re.compile(r"(?P<code>^```.*?^```$)|\n{3,}", re.MULTILINE | re.DOTALL)
"""A block of code, which stays, or more than one empty line."""


class TakingOut:
    """What is left of the repository's files without the parts.

    Raises `TableOutOfDate` for a path of a part that is not among the files.
    """

    def __init__(self, parts: Sequence[Part], files: Collection[PurePosixPath]) -> None:
        self._parts = parts
        taken_out = {file for part in parts for file in _files_of(part, files)}
        self._places = {
            file: file.relative_to(folder)
            for folder in (PurePosixPath(each) for part in parts for each in part.added)
            for file in files
            if file.is_relative_to(folder) and file not in taken_out
        }
        self.gone = frozenset(taken_out.union(self._places.values()))
        self._names_gone = frozenset(map(str, self.gone))
        self._kept = {
            str(file) for file in files if file not in self.gone and not is_left_out(file)
        }

    def place_of(self, path: PurePosixPath) -> PurePosixPath | None:
        """Return where the copy has the file; None if it has not."""
        if path in self._places:
            return self._places[path]
        return None if path in self.gone or is_left_out(path) else path

    def written_again(self) -> list[str]:
        """Return the commands of the parts, each once, whose program is not gone."""
        commands = dict.fromkeys(each for part in self._parts for each in part.written_again)
        programs = {f"-m {'.'.join(path.with_suffix('').parts)}" for path in self.gone}
        return [each for each in commands if " ".join(each.split()[:2]) not in programs]

    def text_of(self, path: PurePosixPath, text: str) -> str:
        """Return the text of a file that stays. Raises `TableOutOfDate`, which names the file."""
        if path == DURATIONS:
            return self._durations(text)
        if path == RELEASED_MIGRATIONS:
            return self._released(text)
        names = {part.name for part in self._parts}
        together = [
            cuts
            for part in self._parts
            for name, cuts in part.cuts_without.items()
            if name in names and not self._is_settled(path, part)
        ]
        for tables in ([part.cuts for part in self._parts], together):
            cuts = [cut for table in tables for cut in table.get(str(path), ())]
            changes = {change for cut in cuts for change in _looked_up(cut, text, path)}
            text = _changed(text, changes, path) if changes else text
        for pattern, new in (pair for part in self._parts for pair in part.reworded):
            text = re.sub(pattern, new, text, flags=re.IGNORECASE | re.MULTILINE)
        return text

    def _is_settled(self, path: PurePosixPath, part: Part) -> bool:
        return any(str(path) in other.settles for other in self._parts if other is not part)

    def _durations(self, text: str) -> str:
        """Return them without the files and folders that go, as `make durations` writes them."""
        kept = {
            name: seconds
            for name, seconds in json.loads(text).items()
            if any(file.startswith(name) for file in self._kept)
        }
        return json.dumps(kept, indent=2) + "\n"

    def _released(self, text: str) -> str:
        """Return the lines of the migrations that stay as they are."""
        changed = {path for part in self._parts for path in part.cuts}
        lines = text.splitlines(keepends=True)
        return "".join(line for line in lines if line.split()[1] not in self._names_gone | changed)


def _files_of(part: Part, files: Collection[PurePosixPath]) -> Iterator[PurePosixPath]:
    names = {str(file): file for file in files}
    for path in part.paths:
        found = [file for name, file in names.items() if _is_of(name, file, path)]
        if not found:
            raise TableOutOfDate(f"{path}, of the part {part.name}, is not there")
        yield from found
    for path in part.cuts:
        if PurePosixPath(path) not in files:
            raise TableOutOfDate(f"{path}, of the part {part.name}, is not there")


def _is_of(name: str, file: PurePosixPath, path: str) -> bool:
    """Return whether the file is the path, lies within it, or matches it as a pattern."""
    if "*" in path:
        return file.match(path)
    return name == path or name.startswith(f"{path}/")


def _looked_up(cut: Cut, text: str, path: PurePosixPath) -> list[Change]:
    try:
        return cut(text)
    except TableOutOfDate as error:
        raise TableOutOfDate(
            f"{path}: {error}. The parts fit the files as they were released: use a clean clone."
        ) from error


def _changed(text: str, changes: set[Change], path: PurePosixPath) -> str:
    """Make all changes at once. One within another is made by that; what one deletes is gone."""
    pieces, end = [], 0
    for change in sorted(changes, key=lambda each: (each.start, -each.end, each.new)):
        if change.end <= end:
            continue
        if change.start < end and change.new:
            raise TableOutOfDate(f"{path}: two parts change {text[change.start : end]!r}")
        pieces += [text[end : change.start], change.new]
        end = change.end
    changed = "".join([*pieces, text[end:]])
    if path.suffix != ".py":  # ruff does it there.
        changed = _TOO_EMPTY.sub(lambda found: found["code"] or "\n\n", changed)
    return changed
