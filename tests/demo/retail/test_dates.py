"""Day and month of a retailer's file: one order for all its dates, or none."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from apps.demo.retail.dates import DateOrder, date_from, order_of
from apps.demo.retail.errors import FileUnreadable
from apps.demo.retail.rows import RetailRows

FILES = Path(__file__).parent / "files"


def order(*values: str) -> DateOrder:
    return order_of(enumerate(values, start=2))


@pytest.mark.parametrize(
    ("settles", "expected"), [("13/2/2011 9:00", "day-first"), ("2-13-2011 9:00", "month-first")]
)
def test_one_number_above_twelve_decides_for_all(settles: str, expected: str) -> None:
    assert order("2/11/2011 11:00", settles, "9/10/2011 11:00") == expected


@pytest.mark.parametrize("values", [[], ["2010-12-01 08:26:00"], ["2/2/2011 9:00"], ["yesterday"]])
def test_equal_numbers_need_no_option(values: list[str]) -> None:
    assert order(*values) == DateOrder.DAY_FIRST


def test_dates_that_decide_nothing_are_an_error() -> None:
    with pytest.raises(FileUnreadable, match="2/11/2011 11:00 in line 3 is one of two dates"):
        order("2/2/2011 11:00", "2/11/2011 11:00")


@pytest.mark.parametrize(
    "none", ["1/32/2010 9:00", "0/20/2010 9:00", "31/2/2010 9:00", "13/2/2011 25:00"]
)
def test_what_is_no_date_decides_nothing(none: str) -> None:
    with pytest.raises(FileUnreadable, match="2/11/2011 11:00 in line 3 is one of two dates"):
        order(none, "2/11/2011 11:00")
    assert order(none, "13/1/2011 9:00") == DateOrder.DAY_FIRST


def test_contradicting_dates_are_an_error() -> None:
    with pytest.raises(FileUnreadable, match=r"13/2/2011 9:00 in line 2.*2/13/2011 9:00"):
        order("13/2/2011 9:00", "2/13/2011 9:00")


@pytest.mark.parametrize(("order", "month"), [("day-first", 11), ("month-first", 2)])
def test_a_date_is_read_in_its_files_order(order: str, month: int) -> None:
    date = date_from("2/11/2011 11:00", DateOrder(order))
    assert date == datetime(2011, month, 13 - month, 11, tzinfo=UTC)


def test_a_file_with_the_month_first_is_read_whole() -> None:
    with (FILES / "dates-month-first.csv").open("rb") as file:
        rows = RetailRows(file)
        latest = max(rows, key=lambda row: row.sold_at)
    assert (rows.taken, rows.skipped.counts.total()) == (5, 0)
    assert latest.price == Decimal("4.25")


def test_a_line_against_the_option_is_skipped() -> None:
    with (FILES / "dates-both-orders.csv").open("rb") as file:
        rows = RetailRows(file, dates=DateOrder.MONTH_FIRST)
        assert [row.invoice for row in rows] == ["700002"]
    assert list(rows.skipped.in_words()) == ["  unreadable date: 1 (line 2)"]
