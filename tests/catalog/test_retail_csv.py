"""The reader of retail rows, with all that the full data set holds."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apps.catalog.errors import CatalogueUnreadable
from apps.catalog.retail_csv import RetailRow, RetailRows, watched

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


def read(*lines: bytes) -> tuple[list[RetailRow], dict[str, int]]:
    rows = RetailRows([HEADING, *lines])
    return list(rows), dict(rows.skipped)


def test_a_line_becomes_a_typed_row() -> None:
    rows, skipped = read(make_line())
    assert skipped == {}
    assert rows == [
        RetailRow(
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
    rows, _ = read(make_line(date=written))
    assert rows[0].sold_at == datetime(2010, 12, 1, 8, 26, tzinfo=UTC)


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
        ({"price": "0.0"}, "price of 0 or below"),
        ({"price": "-11062.06"}, "price of 0 or below"),
        ({"price": "0.001"}, "price of 0 or below"),
        ({"price": "NaN"}, "unreadable price"),
        ({"price": "2.5.5"}, "unreadable price"),
        ({"price": "1e300"}, "unreadable price"),
        ({"date": "yesterday"}, "unreadable date"),
        ({"date": "31/2/2011 10:00"}, "unreadable date"),
    ],
)
def test_what_cannot_be_used_is_skipped_for_a_reason(changes: dict[str, str], reason: str) -> None:
    rows, skipped = read(make_line(**changes), make_line())
    assert (len(rows), skipped) == (1, {reason: 1})


def test_a_row_without_a_customer_is_a_sale_like_any_other() -> None:
    rows, _ = read(make_line(customer=""))
    assert rows[0].customer == ""


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    rows = RetailRows([b"\xef\xbb\xbf" + HEADING, make_line()])
    assert len(list(rows)) == 1


def test_latin_1_and_utf_8_may_stand_side_by_side() -> None:
    latin = make_line(description="CAFÉ").decode().encode("latin-1")
    rows, _ = read(latin, make_line(description="CAFÉ"), make_line(description="£5 BAG"))
    assert [row.description for row in rows] == ["CAFÉ", "CAFÉ", "£5 BAG"]


def test_quotes_hold_commas_and_line_breaks() -> None:
    rows, _ = read(*make_line(description='"HEART, \nWHITE"').splitlines(keepends=True))
    assert rows[0].description == "HEART, WHITE"


def test_a_line_that_was_cut_short_is_skipped() -> None:
    rows, skipped = read(b"536365,85123A,WHITE HEART\r\n", make_line())
    assert (len(rows), sum(skipped.values())) == (1, 1)


def test_a_line_with_too_much_is_read_by_its_columns() -> None:
    rows, _ = read(make_line(country="Norway,one more"))
    assert rows[0].country == "Norway"


def test_one_code_in_small_and_large_letters_is_one_product() -> None:
    rows, _ = read(make_line(sku="85123a"), make_line(sku=" 85123A "))
    assert {row.sku for row in rows} == {"85123A"}


@pytest.mark.parametrize("lines", [[], [b"\r\n"], [b"a,b\r\n"], [make_line()]])
def test_a_file_without_our_columns_is_refused_by_name(lines: list[bytes]) -> None:
    with pytest.raises(CatalogueUnreadable, match="columns are missing: InvoiceNo"):
        RetailRows(lines)


def test_a_field_too_long_for_csv_spoils_only_itself() -> None:
    rows, skipped = read(make_line(description="A" * 200_000), make_line())
    assert (len(rows), skipped) == (1, {"line that is no CSV": 1})


def test_the_bytes_are_counted_while_the_lines_go_by() -> None:
    counted: list[int] = []
    assert list(watched([b"ab\n", b"c"], counted.append)) == [b"ab\n", b"c"]
    assert counted == [3, 1]
