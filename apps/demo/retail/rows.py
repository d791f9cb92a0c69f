"""Reads files in the format of the "Online Retail" data sets: bytes → typed rows and skips.

It reads the files as they are: a byte order mark, cp1252 among UTF-8, three formats of dates,
cancelled invoices, codes that are no product. It counts each row as taken or skipped.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import BinaryIO

from apps.demo.retail.csv_rows import CsvRow, CsvRows, cells_of, text_lines
from apps.demo.retail.dates import DateOrder, order_of
from apps.demo.retail.errors import FileUnreadable
from apps.demo.retail.fields import FileShows, RetailRow, RowUnusable, row_from
from apps.demo.retail.file_kind import check_is_csv
from apps.demo.retail.numbers import Column

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice")
OPTIONAL = ("CustomerID", "Country")
READ = {*COLUMNS, *OPTIONAL}
# The names of the second edition, "Online Retail II".
ALSO_CALLED = {"Invoice": "InvoiceNo", "Price": "UnitPrice", "Customer ID": "CustomerID"}
DELIMITERS = ",;\t|"
LINES_SHOWN = 5
_SEPARATOR = re.compile(r"\ufeff?\"?sep=", re.IGNORECASE)


class Tally:
    """Counts findings, and keeps the numbers of their first lines."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._lines: defaultdict[str, list[int]] = defaultdict(list)

    def add(self, what: str, line: int) -> None:
        self.counts[what] += 1
        if len(self._lines[what]) < LINES_SHOWN:
            self._lines[what].append(line)

    def in_words(self) -> Iterator[str]:
        """Yield a line of text for each finding, the most frequent first."""
        for what, count in self.counts.most_common():
            lines = ", ".join(map(str, self._lines[what]))
            more = ", …" if count > LINES_SHOWN else ""
            yield f"  {what}: {count:,} (line{'' if count == 1 else 's'} {lines}{more})"


class RetailRows:
    """Iterate once; then `taken`, `skipped` and `noted` have the counts of rows.

    The file is read twice. The first reading decides for all rows which number of a date is the
    month, and whether 1.500 is a thousand.
    """

    def __init__(
        self,
        file: BinaryIO,
        *,
        dates: DateOrder | None = None,
        on_read: Callable[[int], object] | None = None,
    ) -> None:
        """Raises `FileUnreadable` if columns are missing or dates are ambiguous.

        `on_read` gets the number of bytes of each chunk that is read.
        """
        self.taken = 0
        self.skipped = Tally()
        self.noted = Tally()
        self._file, self._on_read = file, on_read
        check_is_csv(file)
        self._columns, self._delimiter = _heading(file)
        self._shows = self._first_look(dates)

    def __iter__(self) -> Iterator[RetailRow]:
        for row in self._rows(self._on_read):
            try:
                found = self._typed(row)
            except RowUnusable as reason:
                self.skipped.add(str(reason), row.line)
            else:
                self.taken += 1
                yield found

    def reject(self, line: int, reason: str) -> None:
        """Count the row of this line as skipped: it was taken, and its reader cannot use it."""
        self.taken -= 1
        self.skipped.add(reason, line)

    def in_words(self) -> Iterator[str]:
        """Yield the report, line by line."""
        skipped = self.skipped.counts.total()
        yield f"rows of the file: {self.taken + skipped:,}"
        yield f"rows taken: {self.taken:,}"
        if absent := [name for name in OPTIONAL if name not in self._columns]:
            yield f"  columns that the file does not have: {', '.join(absent)}"
        if unread := [name for name in self._columns if name and name not in READ]:
            yield f"  columns that are not read: {', '.join(unread)}"
        yield from self.noted.in_words()
        yield f"rows skipped: {skipped:,}"
        yield from self.skipped.in_words()

    def _typed(self, row: CsvRow) -> RetailRow:
        if row.problem:
            raise RowUnusable(row.problem)
        self._check_width(row.cells)
        notes: list[str] = []
        found = row_from(self._fields(row), row.line, self._shows, notes.append)
        for note in dict.fromkeys(notes):
            self.noted.add(note, row.line)
        return found

    def _first_look(self, dates: DateOrder | None) -> FileShows:
        """Raises `FileUnreadable` if dates are ambiguous and `dates` is None."""
        quantities, prices = Column(), Column()

        def written_dates() -> Iterator[tuple[int, str]]:
            for row in self._rows():
                fields = self._fields(row)
                quantities.see(fields["Quantity"])
                prices.see(fields["UnitPrice"])
                yield row.line, fields["InvoiceDate"].strip()

        order = order_of(written_dates(), said=dates)
        return FileShows(dates=order, quantities=quantities, prices=prices)

    def _rows(self, on_read: Callable[[int], object] | None = None) -> Iterator[CsvRow]:
        lines = text_lines(self._file, on_read)
        next(lines, None)
        width = len(self._columns)
        return iter(CsvRows(lines, delimiter=self._delimiter, columns=width, number=2))

    def _check_width(self, cells: list[str]) -> None:
        """Raise `RowUnusable` if the row has fewer or more cells than the heading."""
        width = len(self._columns)
        surplus = [cell for cell in cells[width:] if cell.strip()]
        if len(cells) < width or surplus:
            raise RowUnusable(f"{len(cells)} cells, where the heading has {width}")

    def _fields(self, row: CsvRow) -> dict[str, str]:
        # The first reading comes before `_check_width`: a row may be short.
        return dict.fromkeys(self._columns, "") | dict(zip(self._columns, row.cells, strict=False))


def _heading(file: BinaryIO) -> tuple[list[str], str]:
    """Return the names of the columns, in our spelling, and the delimiter."""
    line = next(text_lines(file), "")
    if _SEPARATOR.match(line):
        raise FileUnreadable(
            "the first line is a note for a table program, like sep=; : delete that line"
        )
    delimiter = max(DELIMITERS, key=line.count)
    try:
        names = cells_of(line.removeprefix("\ufeff"), delimiter) or []
    except csv.Error as error:
        raise FileUnreadable(f"the first line names no columns: {error}") from error
    columns = [ALSO_CALLED.get(name.strip(), name.strip()) for name in names]
    missing = [name for name in COLUMNS if name not in columns]
    if missing:
        raise FileUnreadable(f"columns are missing: {', '.join(missing)}")
    if twice := [name for name in (*COLUMNS, *OPTIONAL) if columns.count(name) > 1]:
        raise FileUnreadable(f"columns are there twice: {', '.join(twice)}")
    return columns, delimiter
