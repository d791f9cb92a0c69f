"""Validation and merging of order lines."""

from decimal import Decimal

import pytest

from apps.orders.errors import OrderInvalid, UnknownLine
from apps.orders.lines import MAX_LINES, RequestedLine, merge, total_of
from tests.orders.factories import priced


def asked(*lines: tuple[str, int]) -> list[RequestedLine]:
    return [RequestedLine(sku=sku, quantity=quantity) for sku, quantity in lines]


def test_lines_of_one_sku_are_merged_in_request_order() -> None:
    merged = merge(asked(("XYZ", 1), ("ABC", 2), ("XYZ", 3)))
    assert [(line.sku, line.quantity, line.position) for line in merged] == [
        ("XYZ", 4, 0),
        ("ABC", 2, 1),
    ]


@pytest.mark.parametrize("quantity", [0, -1, 10_001])
def test_an_invalid_quantity_is_named_by_its_position(quantity: int) -> None:
    with pytest.raises(OrderInvalid) as caught:
        merge(asked(("ABC", 1), ("XYZ", quantity)))
    assert caught.value.field == "lines.1.quantity"


def test_merged_lines_may_not_exceed_the_limit() -> None:
    with pytest.raises(OrderInvalid) as caught:
        merge(asked(("ABC", 9_999), ("XYZ", 1), ("ABC", 2)))
    assert caught.value.field == "lines.2.quantity"


@pytest.mark.parametrize("sku", ["", "x" * 65, "A\x00B", "A\nB", "\ud800"])
def test_an_invalid_sku_is_named_by_its_position(sku: str) -> None:
    with pytest.raises(UnknownLine) as caught:
        merge(asked(("ABC", 1), (sku, 1)))
    assert caught.value.field == "lines.1.sku"


@pytest.mark.parametrize("count", [0, MAX_LINES + 1])
def test_the_number_of_order_lines_is_limited(count: int) -> None:
    with pytest.raises(OrderInvalid) as caught:
        merge(asked(*((f"SKU-{number}", 1) for number in range(count))))
    assert caught.value.field == "lines"


def test_an_order_total_is_exact() -> None:
    assert total_of([priced(price="0.10", quantity=3), priced("XYZ", price="19.99")]) == Decimal(
        "40.28"
    )


def test_a_total_too_large_for_its_column_is_rejected() -> None:
    with pytest.raises(OrderInvalid):
        total_of([priced(price="9999999999.99", quantity=2)])
