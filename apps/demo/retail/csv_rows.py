"""A CSV file's bytes → its rows, each with the number of its first line; bad rows are reported.

A quote that is never closed spoils only its own line. Python's csv module would read all later
lines, thousands of them, as one cell.
"""

import csv
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

MAX_CELL_LINES = 20
"""A cell of more lines means that a quote was left open."""


@dataclass(frozen=True, slots=True)
class CsvRow:
    """The cells of one row; if it cannot be read, `problem` says why."""

    line: int
    cells: list[str]
    problem: str = ""


class _QuoteOpen(Exception):
    """The line ends inside a quote."""


def text_lines(file: BinaryIO, on_read: Callable[[int], object] | None = None) -> Iterator[str]:
    """Yield the file's lines from its start; `on_read` gets the number of bytes of each chunk.

    Each line is decoded on its own: some copies of the data set mix UTF-8 with cp1252.
    """
    file.seek(0)
    for chunk in file:
        if on_read:
            on_read(len(chunk))
        # A file whose lines end in a lone carriage return is a single chunk.
        yield from map(_decoded, chunk.splitlines(keepends=True))


def cells_of(line: str, delimiter: str) -> list[str] | None:
    """Return the cells of a row on one line; None if a quote is left open.

    Raises `csv.Error` if a cell is too long.
    """
    try:
        return next(csv.reader(_then_open([line]), delimiter=delimiter))
    except _QuoteOpen:
        return None


class CsvRows:
    """Iterates over the rows of `lines`; `number` is that of the first line in its file."""

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
        r"""Return whether each quote in a quoted cell is doubled; `\"` would end the cell."""
        if '"' not in line:
            return True
        try:
            next(csv.reader([line], delimiter=self._delimiter, strict=True))
        except csv.Error:
            return False
        return True

    def _long_row(self) -> tuple[CsvRow, int] | None:
        """Return a row with line breaks in a cell; None if the quote was left open."""
        lines = list(self._until_a_whole_row())
        try:
            # Strict: a program that writes line breaks into cells follows the rules.
            reader = csv.reader(_then_open(lines), delimiter=self._delimiter, strict=True)
            cells = next(reader)
        except (_QuoteOpen, csv.Error):
            return None
        if len(cells) < self._columns:
            return None
        return CsvRow(self._number, cells), reader.line_num

    def _until_a_whole_row(self) -> Iterator[str]:
        """Yield the lines that may belong to the row that begins here."""
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
        """Read until there is a line with this index; False if the file ends before."""
        while len(self._ahead) <= index:
            line = next(self._lines, None)
            if line is None:
                return False
            self._ahead.append(line)
        return True

    def _spoilt(self, problem: str) -> CsvRow:
        return CsvRow(self._number, [], problem)


def _then_open(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines, then raise: the csv module asks for one more only if a quote is open."""
    yield from lines
    raise _QuoteOpen


def _decoded(line: bytes) -> str:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        # Five bytes have no meaning in cp1252; they become U+FFFD.
        text = line.decode("cp1252", errors="replace")
    # PostgreSQL stores no NUL; it becomes an unreadable character too.
    return text.replace("\x00", "\ufffd")
