"""The rows of a retailer's file as invoices: no order has rows of two customers."""

import pytest

from apps.demo.retail.invoices import SEVERAL_CUSTOMERS, Invoice, invoices
from tests.demo.retail.test_rows import HEADING, make_line, noted, retail_rows

NO_NUMBER = "no invoice number"
SHORTENED = "invoice number that a table program has shortened, like 5.36E+11"
UNREADABLE = "invoice number with a sign that cannot be read"


def grouped(*lines: bytes) -> tuple[list[Invoice], list[str]]:
    """Return the invoices, and what the report says of the rows."""
    rows = retail_rows(HEADING, *lines)
    return invoices(rows), list(rows.in_words())


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("", NO_NUMBER),
        (" ", NO_NUMBER),
        ("#N/A", NO_NUMBER),
        ("########", NO_NUMBER),
        ("nan", NO_NUMBER),
        ("5.36E+11", SHORTENED),
        ('"5,36E+11"', SHORTENED),
        ("5.36365e+05", SHORTENED),
        ("53\x006365", UNREADABLE),
    ],
)
def test_rows_without_a_usable_number_are_rejected(number: str, reason: str) -> None:
    """They became one order of the first customer."""
    found, said = grouped(
        make_line(invoice=number, customer="17850"),
        make_line(invoice="536366"),
        make_line(invoice=number, customer="13047"),
    )
    assert [invoice.number for invoice in found] == ["536366"]
    assert said[1:] == ["rows taken: 1", "rows skipped: 2", f"  {reason}: 2 (lines 2, 4)"]


@pytest.mark.parametrize("number", ["536365", "INV-2011/17", "#1001", "12E5", "0001"])
def test_other_numbers_are_invoices(number: str) -> None:
    found, _ = grouped(make_line(invoice=number), make_line(invoice=number))
    assert [(each.number, each.rows) for each in found] == [(number, [2, 3])]


@pytest.mark.parametrize("other", ["13047", ""])
def test_all_rows_of_a_number_with_several_customers_are_rejected(other: str) -> None:
    found, said = grouped(
        make_line(customer="17850"),
        make_line(invoice="536366"),
        make_line(customer=other),
        make_line(customer="17850"),
    )
    assert [invoice.number for invoice in found] == ["536366"]
    assert said[1:] == [
        "rows taken: 1",
        "rows skipped: 3",
        f"  {SEVERAL_CUSTOMERS}: 3 (lines 2, 4, 5)",
    ]


def test_one_customer_written_in_two_ways_is_one() -> None:
    found, _ = grouped(make_line(customer="17850"), make_line(customer=" 17850.0"))
    assert [len(invoice.lines) for invoice in found] == [2]


def test_a_shortened_number_of_a_customer_is_noted() -> None:
    """The order is one of a guest."""
    said = noted(make_line(customer="1.78E+11"))
    assert said == {"customer's number that a table program has shortened, like 5.36E+11": 1}
