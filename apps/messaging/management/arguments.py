"""Readers of arguments on the command line; each error says what is right."""

import re
from argparse import ArgumentTypeError
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_A_DAY = timedelta(days=1)
_MOST = 999_999_999
_LARGEST_ID = 2**63 - 1


def whole_number(text: str) -> int:
    """Return a whole number from 1 to 999,999,999."""
    return _whole_number(text, 1, _MOST)


def whole_number_between(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from `least`, 0 or more, to `most`."""
    return lambda text: _whole_number(text, least, most)


def row_id(text: str) -> int:
    """Return the id of a row, or a sequence of a stream: what a database has room for."""
    return _whole_number(text, 1, _LARGEST_ID)


def number_between(least: float, most: float) -> Callable[[str], float]:
    """Return a reader of numbers from `least` to `most`, decimals allowed; none is `nan`."""

    def read(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not least <= number <= most:
            raise ArgumentTypeError(f"{text!r} is no number from {least:,g} to {most:,g}")
        return number

    return read


def moment(text: str) -> datetime:
    """Return a day or a time in ISO 8601, in UTC where it names no zone."""
    try:
        time = datetime.fromisoformat(text)
        time = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
        # A database converts it to a zone of its own, which may be a day away.
        time - _A_DAY, time + _A_DAY
    except (ValueError, OverflowError):
        raise ArgumentTypeError(f"{text!r} is no day or time in ISO 8601") from None
    return time


def _whole_number(text: str, least: int, most: int) -> int:
    if not (re.fullmatch("[0-9]{1,30}", text) and least <= int(text) <= most):
        raise ArgumentTypeError(f"{text!r} is no whole number from {least:,} to {most:,}")
    return int(text)
