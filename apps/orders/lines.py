"""The lines of an order before it is stored: requested, merged and priced."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from apps.orders.errors import OrderInvalid, UnknownLine

MAX_LINES = 100
MAX_QUANTITY = 10_000
MAX_SKU_LENGTH = 64
MAX_TOTAL = Decimal("9999999999.99")


@dataclass(frozen=True, kw_only=True)
class RequestedLine:
    """A product and its quantity, as the customer requests them."""

    sku: str
    quantity: int


@dataclass(frozen=True, kw_only=True)
class MergedLine:
    """The whole quantity of one SKU; `position` is the index of its first line in the request."""

    sku: str
    quantity: int
    position: int


@dataclass(frozen=True, kw_only=True)
class PricedLine:
    """A line with the name and the price of the product."""

    sku: str
    name: str
    quantity: int
    price: Decimal


def merge(lines: Sequence[RequestedLine]) -> list[MergedLine]:
    """Return one line for each SKU, in the order of the request. Raises `OrderInvalid`."""
    if not lines:
        raise OrderInvalid("lines", "an order has at least one line")
    if len(lines) > MAX_LINES:
        raise OrderInvalid("lines", f"an order has at most {MAX_LINES} lines")
    merged: dict[str, MergedLine] = {}
    for position, line in enumerate(lines):
        _check(line, position)
        earlier = merged.get(line.sku, MergedLine(sku=line.sku, quantity=0, position=position))
        merged[line.sku] = replace(earlier, quantity=earlier.quantity + line.quantity)
        if merged[line.sku].quantity > MAX_QUANTITY:
            raise _bad_quantity(position)
    return list(merged.values())


def fingerprint(lines: Iterable[tuple[str, int, Decimal]], currency: str) -> str:
    """Return a digest of SKU, quantity and price of each line: 64 hexadecimal digits.

    The total is not enough: two prices may change in opposite directions.
    """
    shown = sorted([sku, quantity, f"{price:.2f}"] for sku, quantity, price in lines)
    return hashlib.sha256(json.dumps([currency, shown]).encode()).hexdigest()


def total_of(lines: Iterable[PricedLine]) -> Decimal:
    """Return the total. Raises `OrderInvalid` if it is too large for its column."""
    total = sum((line.price * line.quantity for line in lines), Decimal("0.00"))
    if total > MAX_TOTAL:
        raise OrderInvalid("lines", f"an order costs at most {MAX_TOTAL}")
    return total


def _check(line: RequestedLine, position: int) -> None:
    if not (0 < len(line.sku) <= MAX_SKU_LENGTH and line.sku.isprintable()):
        raise UnknownLine(f"lines.{position}.sku", line.sku[:MAX_SKU_LENGTH])
    if not 1 <= line.quantity <= MAX_QUANTITY:
        raise _bad_quantity(position)


def _bad_quantity(position: int) -> OrderInvalid:
    return OrderInvalid(
        f"lines.{position}.quantity", f"a quantity is between 1 and {MAX_QUANTITY:,}"
    )
