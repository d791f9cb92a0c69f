"""`1.500` in a retailer's file: refused, unless its column shows what the point is."""

from decimal import Decimal

import pytest

from apps.demo.retail.dates import DateOrder
from tests.demo.retail.test_rows import make_line, read

PRICE_IN_DOUBT = "price that may be thousands, or a fraction"
QUANTITY_IN_DOUBT = "quantity that may be thousands, or a fraction"


@pytest.mark.parametrize("others", [[], ["3"], ["12.000.000"], ['"2,55"'], ["2.55", '"2,55"']])
def test_a_price_that_may_be_thousands_is_skipped(others: list[str]) -> None:
    """1.500 was sold for 1.50."""
    _, skipped = read(make_line(price="1.500"), *(make_line(price=each) for each in others))
    assert skipped[PRICE_IN_DOUBT] == 1 + others.count("12.000.000")


@pytest.mark.parametrize("other", ["2.55", "2.5", "0.125", "1234.500", "3.3000000000000003"])
def test_another_price_shows_what_a_point_is(other: str) -> None:
    rows, skipped = read(make_line(price="1.500"), make_line(price=other))
    assert (rows[0].price, skipped) == (Decimal("1.50"), {})


def test_other_quantities_show_what_a_point_is() -> None:
    """A file with two decimals in its prices may have 1.000 for a thousand pieces."""
    lines = [make_line(quantity="1.000", price="2.55"), make_line(quantity="6")]
    assert read(*lines)[1] == {QUANTITY_IN_DOUBT: 1}
    rows, skipped = read(*lines, make_line(quantity="6.0"))
    assert ([row.quantity for row in rows], skipped) == ([1, 6, 6], {})


def test_numbers_are_read_first_with_dates_given() -> None:
    lines = make_line(price="1.500"), make_line(price="2.55")
    rows, _ = read(*lines, dates=DateOrder.DAY_FIRST)
    assert rows[0].price == Decimal("1.50")
