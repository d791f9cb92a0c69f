"""The dates of a retailer's file: one decision for all which of two numbers is the month."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

from apps.demo.retail.errors import FileUnreadable


class DateOrder(StrEnum):
    """The first number of `2/11/2011`: the day or the month."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


_NUMBERS = re.compile(
    r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII
)
_SAY_IT = " or ".join(f"--dates={order}" for order in DateOrder)


def add_dates_option(parser: ArgumentParser) -> None:
    """Add the option `--dates`, for a file whose dates are ambiguous."""
    parser.add_argument(
        "--dates",
        type=_order,
        metavar="|".join(DateOrder),
        help="what comes first in its dates, if they are ambiguous",
    )


def order_of(dates: Iterable[tuple[int, str]], *, said: DateOrder | None = None) -> DateOrder:
    """Return the order of all these dates, each given with its line; or `said`, if given.

    A single line could only be guessed: 2/11 is a date in both orders. Raises `FileUnreadable` if
    no date decides it, and if dates contradict each other.
    """
    shows: dict[DateOrder, str] = {}
    doubtful = ""
    for line, value in dates:
        match = _NUMBERS.fullmatch(value)
        if match is None:
            continue
        first, second, place = int(match[1]), int(match[2]), f"{value} in line {line}"
        orders = [order for order in DateOrder if date_from(value, order)]
        if len(orders) == 1:
            shows.setdefault(orders[0], place)
        elif orders and first != second:
            doubtful = doubtful or place
    if said:
        return said
    if len(shows) == len(DateOrder):
        both = " but ".join(f"{order} in {place}" for order, place in shows.items())
        raise FileUnreadable(f"dates are {both}: say which to take, {_SAY_IT}")
    if not shows and doubtful:
        raise FileUnreadable(f"{doubtful} is one of two dates: say which, {_SAY_IT}")
    return next(iter(shows), DateOrder.DAY_FIRST)


@lru_cache(maxsize=1024)  # The lines of one invoice have the same date.
def date_from(value: str, order: DateOrder) -> datetime | None:
    """Return the time, in UTC if the text has no offset; None if it is no date."""
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
