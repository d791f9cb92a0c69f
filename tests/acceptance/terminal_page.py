"""`docs/from-the-terminal.md` as a test reads it: its tables, and what opens a program."""

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "from-the-terminal.md"
LANGUAGES = ("Shell", "JavaScript", "Python")
GOES_ON = re.compile(r"^nats (sub|reply) |\bfor await\b(?!.*\.list\()|\basync for\b|\.next_msg\(")
"""What stays until Ctrl-C."""
SENDS = re.compile(r"^nats (pub|request) |\.(publish|request)\(")
"""What a listener hears."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the tutorial in each language, and the words that it prints."""

    lines: dict[str, str]
    sees: tuple[str, ...]

    def goes_on(self, language: str) -> bool:
        return bool(GOES_ON.search(self.lines[language]))

    def sends(self, language: str) -> bool:
        return bool(SENDS.search(self.lines[language]))


@dataclass(frozen=True, kw_only=True)
class Section:
    """A table of the page; its rows are typed in their order."""

    title: str
    rows: tuple[Row, ...]


def sections() -> list[Section]:
    """Return the sections that have a table with a column for each language."""
    found = []
    for part in re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE)[1:]:
        title = part.partition("\n")[0]
        table = [_cells(line) for line in part.splitlines() if line.startswith("|")]
        if table and table[0] == [*LANGUAGES, "You see"]:
            found.append(Section(title=title, rows=tuple(_row(cells) for cells in table[2:])))
    return found


def opening(marker: str) -> str:
    """Return the block of code that has these words: what a program begins with."""
    blocks = re.findall(r"^```\w+\n(.*?)^```", PAGE.read_text(), flags=re.MULTILINE | re.DOTALL)
    (block,) = (each for each in blocks if marker in each)
    return str(block)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def _row(cells: list[str]) -> Row:
    *code, sees = cells
    lines = {name: "\n".join(_spans(cell)) for name, cell in zip(LANGUAGES, code, strict=True)}
    return Row(lines=lines, sees=tuple(_spans(sees)))


def _spans(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell.replace("\\|", "|"))
