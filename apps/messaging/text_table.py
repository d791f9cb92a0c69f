"""Rows and columns for a terminal."""

import shutil
from collections.abc import Iterable, Sequence
from decimal import Decimal
from numbers import Number


def text_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return the lines: numbers to the right, and the last column cut to the terminal's width."""
    rows = list(rows)
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(headings, *cells, strict=True)]
    numbers = [_are_numbers(column) for column in zip(*rows, strict=True)] or [False] * len(widths)
    return "\n".join(
        _line(texts, widths, numbers) for texts in ([text.upper() for text in headings], *cells)
    )


def _line(texts: Sequence[str], widths: Sequence[int], numbers: Sequence[bool]) -> str:
    aligned = [
        text.rjust(width) if is_number else text.ljust(width)
        for text, width, is_number in zip(texts, widths, numbers, strict=True)
    ]
    # Without a terminal nothing is cut.
    return "  ".join(aligned).rstrip()[: shutil.get_terminal_size((10_000, 0)).columns]


def _cell(value: object) -> str:
    if isinstance(value, int | Decimal):
        return f"{value:,}"
    # One line each, and no control character reaches the terminal.
    return "".join(sign if sign.isprintable() else " " for sign in str(value))


def _are_numbers(column: Sequence[object]) -> bool:
    return all(isinstance(value, Number) for value in column)
