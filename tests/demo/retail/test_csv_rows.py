"""Rows of a CSV file: each is counted, and an open quote spoils no other."""

from io import BytesIO
from pathlib import Path

import pytest

from apps.demo.retail.csv_rows import CsvRow, CsvRows, text_lines

FILES = Path(__file__).parent / "files"
OPEN = "quote that is never closed"


def rows_of(data: bytes, columns: int = 3) -> list[CsvRow]:
    return list(CsvRows(text_lines(BytesIO(data)), delimiter=",", columns=columns, number=1))


def cells(data: bytes) -> list[list[str]]:
    return [row.cells for row in rows_of(data)]


def problems(data: bytes) -> list[tuple[int, str]]:
    return [(row.line, row.problem) for row in rows_of(data)]


def test_a_cell_may_hold_line_breaks() -> None:
    assert cells(b'1,"a\nb\nc",2\n3,d,4\n') == [["1", "a\nb\nc", "2"], ["3", "d", "4"]]
    assert problems(b'1,"a\nb\nc",2\n3,d,4\n') == [(1, ""), (4, "")]


def test_a_file_with_quotes_inside_is_read_whole() -> None:
    rows = rows_of((FILES / "line-break-in-a-cell.csv").read_bytes(), columns=8)
    assert [row.cells[2] for row in rows[1:]] == [
        "SMALL BOX",
        'BOX 20" WIDE',
        "BOX, \n20CM",
        "SMALL BOX",
    ]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b'1,"a,2\n', id="before a cell"),
        pytest.param(b'1,a,"2\n', id="in the last cell"),
    ],
)
@pytest.mark.parametrize(
    "after",
    [
        pytest.param(b"3,b,4\n", id="whole rows"),
        pytest.param(b'3,"b",4\n', id="quotes"),
        pytest.param(b'3,b",4\n', id="a quote that would close it"),
        pytest.param(b"", id="the end"),
    ],
)
def test_an_open_quote_spoils_one_line(line: bytes, after: bytes) -> None:
    found = problems(line + after * 3000)
    assert found[0] == (1, OPEN)
    assert found[1:] == [(number, "") for number in range(2, 2 + (3000 if after else 0))]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (r'1,"a \"b\" c",2', "quote inside a quoted cell, written once"),
        ('1,"a "b" c",2', "quote inside a quoted cell, written once"),
        ('1,"a ""b"" c",2', ""),
        ('1,a "b" c,2', ""),
    ],
)
def test_a_quote_in_a_cell_must_be_doubled(line: str, problem: str) -> None:
    assert problems(f"{line}\n3,c,4\n".encode()) == [(1, problem), (2, "")]


def test_two_open_quotes_in_a_row_are_two_bad_lines() -> None:
    assert problems(b'1,"a,2\n3,"b,4\n5,c,6\n') == [(1, OPEN), (2, OPEN), (3, "")]


def test_a_cell_of_many_lines_is_an_open_quote() -> None:
    assert problems(b'1,"a\n' + b"b\n" * 30 + b'c",2\n')[0] == (1, OPEN)


def test_an_empty_line_is_a_row_with_a_problem() -> None:
    assert problems(b"1,a,2\n\n3,b,4\n") == [(1, ""), (2, "empty line"), (3, "")]
