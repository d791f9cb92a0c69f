"""A CSV file's bytes → its rows, each with the number of its first line; none is lost unsaid.

A quote that nobody closes spoils its own line alone. The csv module would read all that follows,
thousands of lines, as one cell.
"""

import csv
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

MAX_CELL_LINES = 20
"""A text with more line breaks than this is no cell: a quote was left open."""


@dataclass(frozen=True, slots=True)
class CsvRow:
    """The cells of one row; where it could not be read, `problem` says why."""

    line: int
    cells: list[str]
    problem: str = ""


class _QuoteOpen(Exception):
    """The line ends inside a quote."""


def text_lines(file: BinaryIO, on_read: Callable[[int], object] | None = None) -> Iterator[str]:
    """Yield the file's lines from its beginning; `on_read` is told how many bytes each chunk had.

    Line by line: some copies of the data set mix UTF-8 with Windows' own encoding.
    """
    file.seek(0)
    for chunk in file:
        if on_read:
            on_read(len(chunk))
        # A file whose lines end in a lone carriage return is a single chunk.
        yield from map(_decoded, chunk.splitlines(keepends=True))


def cells_of(line: str, delimiter: str) -> list[str] | None:
    """Return the cells of a row on one line; None where a quote is left open.

    Raises `csv.Error` where a cell is too long.
    """
    try:
        return next(csv.reader(_then_open([line]), delimiter=delimiter))
    except _QuoteOpen:
        return None


class CsvRows:
    """Iterates over the rows of `lines`, the first of which has this `number` in its file."""

    def __init__(self, lines: Iterable[str], *, delimiter: str, columns: int, number: int) -> None:
        self._lines = iter(lines)
        self._delimiter = delimiter
        self._columns = columns
        self._number = number
        self._ahead: deque[str] = deque()

    def __iter__(self) -> Iterator[CsvRow]:
        while self._reaches(0):
            row, count = self._next_row()
            for _ in range(count):
                self._ahead.popleft()
            yield row
            self._number += count

    def _next_row(self) -> tuple[CsvRow, int]:
        """Return the row that begins here, and how many lines it takes."""
        try:
            cells = cells_of(self._ahead[0], self._delimiter)
        except csv.Error:
            return self._spoilt("line that is no CSV"), 1
        if cells is None:
            return self._long_row() or (self._spoilt("quote that is never closed"), 1)
        if not self._keeps_the_rules(self._ahead[0]):
            return self._spoilt("quote inside a quoted cell, written once"), 1
        problem = "" if cells else "empty line"
        return CsvRow(self._number, cells, problem), 1

    def _keeps_the_rules(self, line: str) -> bool:
        r"""A quote in a quoted cell is written twice; `\"` would end the cell, and be read on."""
        if '"' not in line:
            return True
        try:
            next(csv.reader([line], delimiter=self._delimiter, strict=True))
        except csv.Error:
            return False
        return True

    def _long_row(self) -> tuple[CsvRow, int] | None:
        """Return a row with line breaks in a cell; None where the quote was left open."""
        lines = list(self._until_a_whole_row())
        try:
            # Strict: what really holds a line break was written by a program, by the rules.
            reader = csv.reader(_then_open(lines), delimiter=self._delimiter, strict=True)
            cells = next(reader)
        except (_QuoteOpen, csv.Error):
            return None
        if len(cells) < self._columns:
            return None
        return CsvRow(self._number, cells), reader.line_num

    def _until_a_whole_row(self) -> Iterator[str]:
        """Yield what may belong to the row that begins here."""
        for index in range(MAX_CELL_LINES):
            if not self._reaches(index) or (index and self._is_whole(self._ahead[index])):
                return
            yield self._ahead[index]

    def _is_whole(self, line: str) -> bool:
        try:
            cells = cells_of(line, self._delimiter)
        except csv.Error:
            return False
        return cells is not None and len(cells) >= self._columns

    def _reaches(self, index: int) -> bool:
        """Read on until there is a line with this index; false where the file ends before."""
        while len(self._ahead) <= index:
            line = next(self._lines, None)
            if line is None:
                return False
            self._ahead.append(line)
        return True

    def _spoilt(self, problem: str) -> CsvRow:
        return CsvRow(self._number, [], problem)


def _then_open(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines. The csv module asks for one more only where a quote is open."""
    yield from lines
    raise _QuoteOpen


def _decoded(line: bytes) -> str:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        # Five bytes mean nothing in it; whoever reads the cell finds U+FFFD there.
        text = line.decode("cp1252", errors="replace")
    # A database keeps no NUL; what it stood for cannot be read either.
    return text.replace("\x00", "\ufffd")
