"""Does what a part of docs/extending.md says, in a folder: `python -m tests.follow_guide --help`.

A part of the page is its steps in order: it deletes files (`rm`), edits files (blocks of `diff`),
and makes files (blocks of `python` whose first line is `# FOLDER/NAME.py`).
"""

import argparse
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

GUIDE = Path(__file__).parent.parent / "docs" / "extending.md"
PARTS = {"alone": "Only the messaging", "example": "An example"}
"""The name of a part → its heading."""

WHY = "take back what was changed, and follow `alone`, then `example`, or mend docs/extending.md"


class OutOfDate(Exception):
    """The page names a file or a line that is not there."""


def main() -> None:
    """Follow a part in the folder that is named, or end with the reason in one line."""
    parser = argparse.ArgumentParser(
        description="Follow a part of docs/extending.md. Commit your work first: files are deleted."
    )
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("folder", type=Path, help="the top of the repository")
    given = parser.parse_args()
    try:
        follow(given.part, given.folder)
    except OutOfDate as error:
        parser.exit(1, f"{error}\n")


def follow(part: str, folder: Path) -> None:
    """Delete, edit and make the files. Raises `OutOfDate`; what was done before stays done."""
    for language, block in blocks(part):
        if language == "sh":
            delete(block, folder)
        elif language == "diff":
            edit(block, folder)
        elif language == "python" and (found := re.match(r"# (\S+/\w+\.py)\n", block)):
            file = folder / found[1]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block[found.end() :])


def blocks(part: str) -> list[tuple[str, str]]:
    """Return (language, text) of the part's blocks of code, in order."""
    text = GUIDE.read_text().partition(f"\n## {PARTS[part]}\n")[2].partition("\n## ")[0]
    return re.findall(r"^```(\w+)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def delete(commands: str, folder: Path) -> None:
    """Follow the lines that begin with `rm -r`; the others are for a shell."""
    for line in commands.splitlines():
        match shlex.split(line):
            case ["rm", "-r", *names]:
                for name in names:
                    _remove(folder, name)


def _remove(folder: Path, name: str) -> None:
    path = folder / name
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()
    else:
        raise OutOfDate(f"there is no {name} to delete; {WHY}")


def edit(diff: str, folder: Path) -> None:
    """Make the edits of one block, which has `--- FILE`, then lines with `-` and `+`."""
    for name, old, new in edits(diff):
        file = folder / name
        if not file.exists():
            raise OutOfDate(f"there is no {name} to edit; {WHY}")
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
            raise OutOfDate(f"{name} has no line {old[0]!r}; {WHY}")
        old = old[count:]
        lines[at : at + count] = [] if old else new
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
