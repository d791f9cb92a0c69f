"""The dates of a retailer's file: which of two numbers is the month is decided once for all."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

from apps.demo.retail.errors import FileUnreadable


class DateOrder(StrEnum):
    """What stands first in `2/11/2011`."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


_NUMBERS = re.compile(
    r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII
)
_MONTHS = 12
_SAY_IT = " or ".join(f"--dates={order}" for order in DateOrder)


def add_dates_option(parser: ArgumentParser) -> None:
    """Let a command be told the order, for a file that does not show it."""
    parser.add_argument(
        "--dates",
        type=_order,
        metavar="|".join(DateOrder),
        help="what stands first in its dates, where they alone do not tell",
    )


def order_of(dates: Iterable[tuple[int, str]], *, said: DateOrder | None = None) -> DateOrder:
    """Return the one order that all these dates, each with its line, can have; or what was said.

    Line by line it would be a guess: 2/11 is a date in both. Raises `FileUnreadable` where
    none of them settles it, and where they contradict one another.
    """
    shows: dict[DateOrder, str] = {}
    doubtful = ""
    for line, value in dates:
        match = _NUMBERS.fullmatch(value)
        if match is None:
            continue
        first, second, place = int(match[1]), int(match[2]), f"{value} in line {line}"
        if first > _MONTHS >= second:
            shows.setdefault(DateOrder.DAY_FIRST, place)
        elif second > _MONTHS >= first:
            shows.setdefault(DateOrder.MONTH_FIRST, place)
        elif first != second:
            doubtful = doubtful or place
    if said:
        return said
    if len(shows) == len(DateOrder):
        both = " but ".join(f"{order} in {place}" for order, place in shows.items())
        raise FileUnreadable(f"dates are {both}: say which to take, {_SAY_IT}")
    if not shows and doubtful:
        raise FileUnreadable(f"{doubtful} is one of two dates: say which, {_SAY_IT}")
    return next(iter(shows), DateOrder.DAY_FIRST)


@lru_cache(maxsize=1024)  # An invoice writes the same date on each of its lines.
def date_from(value: str, order: DateOrder) -> datetime | None:
    """Return the moment, in UTC where the text names no other offset; None for what is no date."""
    match = _NUMBERS.fullmatch(value)
    try:
        if match is None:
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        first, second, year, hour, minute, seconds = (int(part or 0) for part in match.groups())
        day, month = (first, second) if order is DateOrder.DAY_FIRST else (second, first)
        return datetime(year, month, day, hour, minute, seconds, tzinfo=UTC)
    except ValueError:
        return None


def _order(value: str) -> DateOrder:
    try:
        return DateOrder(value)
    except ValueError:
        raise ArgumentTypeError(f"is {' or '.join(DateOrder)}") from None
