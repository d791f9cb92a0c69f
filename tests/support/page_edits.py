"""Edits that a page shows as blocks of `diff`, made in a folder, as a reader makes them by hand."""

import re
from collections.abc import Iterator
from pathlib import Path


class OutOfDate(Exception):
    """The page names a file or a line that is not there."""


def edit(diff: str, folder: Path) -> None:
    """Make the edits of one block, which has `--- FILE`, then lines with `-` and `+`."""
    for name, old, new in edits(diff):
        file = folder / name
        if not file.exists():
            raise OutOfDate(f"there is no {name} to edit; mend the page")
        file.write_text(edited(file.read_text(), old, new, name=name))


def edits(diff: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield file, lines that go and lines that come in their place, for each run of lines."""
    for part in re.split(r"^--- ", diff, flags=re.MULTILINE)[1:]:
        name, _, lines = part.partition("\n")
        for old, new in re.findall(r"((?:^-.*\n)+)((?:^\+.*\n)*)", lines, re.MULTILINE):
            yield name, without_signs(old), without_signs(new)


def without_signs(lines: str) -> list[str]:
    """Return the lines without the first letter of each."""
    return [line[1:] for line in lines.splitlines()]


def edited(text: str, old: list[str], new: list[str], *, name: str) -> str:
    """Replace the lines `old` by `new`; lines of `old` that are together are found together.

    The page has no context lines and no numbers, so that other lines may change.
    """
    lines = text.splitlines()
    while old:
        count, at = next(
            (
                (count, at)
                for count in range(len(old), 0, -1)
                for at in range(len(lines))
                if lines[at : at + count] == old[:count]
            ),
            (0, 0),
        )
        if not count:
            raise OutOfDate(f"{name} has no line {old[0]!r}; mend the page")
        old = old[count:]
        lines[at : at + count] = [] if old else new
    return "\n".join([*lines, ""])
