"""The numbers of a retailer's file: whether the point in `1.500` is a decimal point.

Half of Europe writes a thousand as 1.000, which a program reads as one. Only the other numbers
of the same column show which is meant.
"""

import re
from decimal import Decimal

# `Decimal` and `int` would also accept 1_000 and digits of other scripts.
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d{1,3})?", re.ASCII)
# A table program writes 536365000123 as 5.36E+11: the other digits are lost.
_SHORTENED = re.compile(r"\d+([.,]\d+)?[eE][+-]\d{1,3}", re.ASCII)
_WITH_COMMA = re.compile(r"\d+,\d{1,2}", re.ASCII)
# Thousands have no leading zero: 0.125 is a fraction, and 0,125 too.
_IN_DOUBT = re.compile(r"[+-]?[1-9]\d{0,2}([.,]\d{3})+", re.ASCII)
# In 2,55 and 1.234.567 and 1.234,50 the point is no decimal point.
_NO_POINT = re.compile(
    r"[+-]?(\d{1,3}(\.\d{3})*,\d{1,2}|0,\d+|[1-9]\d{0,2}(\.\d{3}){2,})", re.ASCII
)


class Column:
    """The meaning of the point in one column; call `see` for all its numbers first."""

    def __init__(self) -> None:
        self._point = False
        self._no_point = False

    def see(self, value: str) -> None:
        value = value.strip()
        if _NO_POINT.fullmatch(value):
            self._no_point = True
        elif "." in value and _NUMBER.fullmatch(value) and not _IN_DOUBT.fullmatch(value):
            self._point = True

    def leaves_in_doubt(self, value: str) -> bool:
        """Return whether the number may be thousands or a fraction, like `1.500`.

        It is 1.5 if another number has a point that can only be a decimal point, like 2.55 or
        0.125, and none shows another use. `1,500` stays in doubt: no comma is read.
        """
        if not _IN_DOUBT.fullmatch(value):
            return False
        return number_from(value) is None or not self._point or self._no_point


def number_from(value: str) -> Decimal | None:
    """Return the number; None if the text is no number with a decimal point."""
    return Decimal(value) if _NUMBER.fullmatch(value) else None


def has_decimal_comma(value: str) -> bool:
    return bool(_WITH_COMMA.fullmatch(value))


def is_shortened(code: str) -> bool:
    """Return whether the code is written like `5.36E+11`, as many other codes would be too."""
    return bool(_SHORTENED.fullmatch(code))
