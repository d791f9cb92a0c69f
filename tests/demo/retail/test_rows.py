"""The reader of retail rows, with all that the full data set holds."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from apps.demo.retail.dates import DateOrder
from apps.demo.retail.errors import FileUnreadable
from apps.demo.retail.fields import RetailRow
from apps.demo.retail.rows import RetailRows

FILES = Path(__file__).parent / "files"

NO_CODE = "code of other signs than letters, digits, . _ -, or too long"
HEADING = b"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\r\n"


def make_line(**changes: str) -> bytes:
    fields = {
        "invoice": "536365",
        "sku": "85123A",
        "description": "WHITE HEART",
        "quantity": "6",
        "date": "2010-12-01 08:26:00",
        "price": "2.55",
        "customer": "17850",
        "country": "United Kingdom",
    }
    return ",".join((fields | changes).values()).encode() + b"\r\n"


def retail_rows(*lines: bytes, dates: DateOrder | None = None) -> RetailRows:
    return RetailRows(BytesIO(b"".join(lines)), dates=dates)


def read(*lines: bytes, dates: DateOrder | None = None) -> tuple[list[RetailRow], dict[str, int]]:
    rows = retail_rows(HEADING, *lines, dates=dates)
    return list(rows), dict(rows.skipped.counts)


def noted(*lines: bytes) -> dict[str, int]:
    rows = retail_rows(HEADING, *lines)
    assert len(list(rows)) == len(lines)
    return dict(rows.noted.counts)


def test_a_line_becomes_a_typed_row() -> None:
    rows, skipped = read(make_line())
    assert skipped == {}
    assert rows == [
        RetailRow(
            line=2,
            invoice="536365",
            sku="85123A",
            description="WHITE HEART",
            quantity=6,
            sold_at=datetime(2010, 12, 1, 8, 26, tzinfo=UTC),
            price=Decimal("2.55"),
            customer="17850",
            country="United Kingdom",
        )
    ]


@pytest.mark.parametrize(
    "written", ["2010-12-01 08:26:00", "1/12/2010 8:26", "01-12-2010 08:26", "2010-12-01T08:26"]
)
def test_a_date_may_be_written_in_several_ways(written: str) -> None:
    rows, _ = read(make_line(date=written), dates=DateOrder.DAY_FIRST)
    assert rows[0].sold_at == datetime(2010, 12, 1, 8, 26, tzinfo=UTC)


def test_an_offset_of_a_date_is_kept() -> None:
    rows, _ = read(make_line(date="2010-12-01T08:26:00+09:00"))
    japan = timezone(timedelta(hours=9))
    assert rows[0].sold_at == datetime(2010, 12, 1, 8, 26, tzinfo=japan)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"invoice": "C536379", "quantity": "-1"}, "cancelled invoice"),
        ({"quantity": "-10"}, "quantity of 0 or below"),
        ({"quantity": "many"}, "unreadable quantity"),
        ({"sku": "POST"}, "code that is no product"),
        ({"sku": "m"}, "code that is no product"),
        ({"sku": "D"}, "code that is no product"),
        ({"sku": "C2"}, "code that is no product"),
        ({"sku": "BANK CHARGES"}, "code that is no product"),
        ({"sku": "gift_0001_20"}, "code that is no product"),
        ({"sku": ""}, "code that is no product"),
        ({"description": "  "}, "no description"),
        ({"price": "0.0"}, "price below 0.01"),
        ({"price": "-11062.06"}, "price below 0.01"),
        ({"price": "0.001"}, "price below 0.01"),
        ({"price": "NaN"}, "unreadable price"),
        ({"price": "2.5.5"}, "unreadable price"),
        ({"price": "1e300"}, "price above 999,999,999.99"),
        ({"price": "-1e300"}, "price below 0.01"),
        ({"price": "2_5"}, "unreadable price"),
        ({"price": '"2,55"'}, "price with a comma instead of a point"),
        ({"price": "1,234.50"}, "9 cells, where the heading has 8"),
        ({"price": '"1,234.50"'}, "unreadable price"),
        ({"price": '"1,500"'}, "price that may be thousands, or a fraction"),
        ({"price": "1.234.567"}, "price that may be thousands, or a fraction"),
        ({"quantity": "6.5"}, "unreadable quantity"),
        ({"quantity": "1e999"}, "quantity above 1,000,000,000"),
        ({"description": "BELL\x07"}, "description with a sign that cannot be read"),
        ({"description": "HE\x00ART"}, "description with a sign that cannot be read"),
        ({"quantity": "1_0"}, "unreadable quantity"),
        ({"quantity": "1.000"}, "quantity that may be thousands, or a fraction"),
        ({"quantity": '"1,000"'}, "quantity that may be thousands, or a fraction"),
        ({"quantity": "0.125"}, "unreadable quantity"),
        ({"sku": "STRAß1"}, NO_CODE),
        ({"sku": "A" * 65}, NO_CODE),
        ({"sku": "1.23E+12"}, NO_CODE),
        ({"description": "CAF\ufffd"}, "description with a sign that cannot be read"),
        ({"date": "yesterday"}, "unreadable date"),
        ({"date": "31/2/2011 10:00"}, "unreadable date"),
    ],
)
def test_skipped_rows_have_a_reason(changes: dict[str, str], reason: str) -> None:
    rows, skipped = read(make_line(**changes), make_line())
    assert (len(rows), skipped) == (1, {reason: 1})


def test_a_row_without_a_customer_is_a_sale() -> None:
    rows, _ = read(make_line(customer=""))
    assert rows[0].customer == ""


def test_a_byte_order_mark_is_no_column_name() -> None:
    rows = retail_rows(b"\xef\xbb\xbf" + HEADING, make_line())
    assert len(list(rows)) == 1


def test_cp1252_and_utf8_may_be_mixed() -> None:
    windows = make_line(description="CAFÉ €5").decode().encode("cp1252")
    rows, _ = read(windows, make_line(description="CAFÉ"), make_line(description="£5 BAG"))
    assert [row.description for row in rows] == ["CAFÉ €5", "CAFÉ", "£5 BAG"]


def test_an_unreadable_byte_skips_the_row() -> None:
    rows, skipped = read(make_line(description="CAF#").replace(b"#", b"\x81"), make_line())
    assert (len(rows), skipped) == (1, {"description with a sign that cannot be read": 1})


def test_quotes_hold_commas_and_line_breaks() -> None:
    rows, _ = read(*make_line(description='"HEART, \nWHITE"').splitlines(keepends=True))
    assert rows[0].description == "HEART, WHITE"


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        pytest.param(b"536365,85123A,WHITE HEART\r\n", 3, id="cut short"),
        pytest.param(make_line(price="2,55", country="Norway"), 9, id="a comma in a price"),
        pytest.param(make_line(description="HEART, WHITE"), 9, id="a comma in a name"),
        pytest.param(make_line(country="Norway,one more"), 9, id="one more"),
        pytest.param(make_line().rpartition(b",1")[0], 6, id="the end of a cut file"),
    ],
)
def test_a_line_with_wrong_width_is_skipped(line: bytes, cells: int) -> None:
    """Without the check a price would be wrong: 2,55 without quotes is read as 2 and 55."""
    rows, skipped = read(make_line(), line)
    assert len(rows) == 1
    assert skipped == {f"{cells} cells, where the heading has 8": 1}


def test_empty_cells_at_the_end_are_ignored() -> None:
    """A table program writes one for each column that was ever used."""
    rows, skipped = read(make_line(country="Norway,,, "))
    assert (rows[0].country, skipped) == ("Norway", {})


def test_codes_ignore_case() -> None:
    rows, _ = read(make_line(sku="85123a"), make_line(sku=" 85123A "))
    assert {row.sku for row in rows} == {"85123A"}


@pytest.mark.parametrize("lines", [[b"\r\n"], [b"a,b\r\n"], [make_line()]])
def test_the_error_names_missing_columns(lines: list[bytes]) -> None:
    with pytest.raises(FileUnreadable, match="columns are missing: InvoiceNo"):
        retail_rows(*lines)


def test_a_column_twice_is_an_error() -> None:
    with pytest.raises(FileUnreadable, match="twice: UnitPrice"):
        retail_rows(HEADING.replace(b"Country", b"Price"), make_line())


def test_a_first_line_without_columns_is_an_error() -> None:
    with pytest.raises(FileUnreadable, match="names no columns"):
        retail_rows(b"A" * 200_000)


def test_a_field_that_is_too_long_spoils_one_line() -> None:
    rows, skipped = read(make_line(description="A" * 200_000), make_line())
    assert (len(rows), skipped) == (1, {"line that is no CSV": 1})


def test_the_bytes_read_are_counted() -> None:
    counted: list[int] = []
    rows = RetailRows(BytesIO(HEADING + make_line()), on_read=counted.append)
    assert counted == []
    list(rows)
    assert counted == [len(HEADING), len(make_line())]


def test_column_names_of_the_second_edition_are_read() -> None:
    heading = b"Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"
    (row,) = retail_rows(heading, make_line())
    assert (row.invoice, row.price, row.customer) == ("536365", Decimal("2.55"), "17850")


@pytest.mark.parametrize("between", [b";", b"\t", b"|"])
def test_semicolons_tabs_and_bars_separate_columns(between: bytes) -> None:
    (row,) = retail_rows(HEADING.replace(b",", between), make_line().replace(b",", between))
    assert (row.sku, row.price, row.country) == ("85123A", Decimal("2.55"), "United Kingdom")


def test_the_error_names_a_separator_note() -> None:
    with pytest.raises(FileUnreadable, match="like sep=; : delete that line"):
        retail_rows(b"sep=,\r\n", HEADING, make_line())


def test_a_carriage_return_ends_a_line() -> None:
    rows = retail_rows((HEADING + make_line() + make_line()).replace(b"\r\n", b"\r"))
    assert len(list(rows)) == 2


def test_numbers_of_a_table_program_are_read() -> None:
    rows = list(retail_rows((FILES / "from-pandas.csv").read_bytes()))
    assert [(row.customer, row.quantity) for row in rows] == [
        ("30001", 6),
        ("", 6),
        ("30002", 6),
    ]


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"price": "2.555"}, "price rounded to a hundredth"),
        ({"description": "A" * 256}, "description cut to 255 signs"),
        ({"sku": "22633.0"}, "code with .0 taken as the number before it"),
        ({"customer": "17850.0"}, "code with .0 taken as the number before it"),
    ],
)
def test_changed_values_are_noted(changes: dict[str, str], note: str) -> None:
    assert noted(make_line(**changes), make_line()) == {note: 1}


@pytest.mark.parametrize(
    ("written", "price"), [("0.005", "0.01"), ("2.555", "2.56"), ("2.545", "2.55"), ("1e1", "10")]
)
def test_half_a_cent_is_rounded_up(written: str, price: str) -> None:
    rows, _ = read(make_line(price=written), make_line(price="3.30"))
    assert rows[0].price == Decimal(price)


def test_float_noise_is_not_noted() -> None:
    (row,), _ = read(make_line(price="3.3000000000000003"))
    assert row.price == Decimal("3.30")
    assert noted(make_line(price="3.3000000000000003")) == {}


def test_the_report_counts_rows_and_names_lines() -> None:
    bad = [make_line(price="0") for _ in range(6)]
    rows = retail_rows(HEADING, make_line(), b"\r\n", *bad, make_line(price="2.555"))
    assert len(list(rows)) == 2
    assert list(rows.in_words()) == [
        "rows of the file: 9",
        "rows taken: 2",
        "  price rounded to a hundredth: 1 (line 10)",
        "rows skipped: 7",
        "  price below 0.01: 6 (lines 4, 5, 6, 7, 8, …)",
        "  empty line: 1 (line 3)",
    ]


def test_the_report_names_absent_columns() -> None:
    rows = retail_rows(HEADING.replace(b",CustomerID", b""), make_line())
    assert "  columns that the file does not have: CustomerID" in rows.in_words()


def test_the_report_names_unread_columns() -> None:
    """A price in the column's own currency would be taken for one in the shop's."""
    heading, line = HEADING.replace(b"\r\n", b",Currency,\r\n"), make_line(country="Norway,NOK,")
    rows = retail_rows(heading, line)
    assert len(list(rows)) == 1
    assert "  columns that are not read: Currency" in rows.in_words()
