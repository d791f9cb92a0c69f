"""One row of a retailer's file → typed fields, or the reason why it cannot be used.

Each value that is not read as it was written is noted in the report.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from apps.catalog.rules import CENT, NAME_LENGTH, PRICE_LIMIT, STOCK_LIMIT, is_sku
from apps.demo.retail.dates import DateOrder, date_from
from apps.demo.retail.numbers import Column, has_decimal_comma, is_shortened, number_from

type Note = Callable[[str], object]
"""Called with a note for each value that is not read as it was written."""

# Postage, fees, vouchers, corrections: they have codes, but are no products.
NO_PRODUCT = re.compile(
    r"POST|DOT|[BDMS]|C\d|BANK CHARGES|AMAZONFEE|CRUK|PADS|ADJUST\d?|GIFT.*|TEST\d*"
)
# A table program writes 17850 as 17850.0 if the column has an empty cell.
_WHOLE_NUMBER = re.compile(r"(\d+)\.0+", re.ASCII)
_FLOAT_NOISE = Decimal("1e-9")
_NO_CHARACTER = "\ufffd"


@dataclass(frozen=True, kw_only=True, slots=True)
class RetailRow:
    """One line of an invoice that sold a product; `line` is its place in the file."""

    line: int
    invoice: str
    sku: str
    description: str
    quantity: int
    sold_at: datetime
    price: Decimal
    customer: str
    country: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FileShows:
    """How the dates and numbers of a file are written, by all its rows."""

    dates: DateOrder
    quantities: Column
    prices: Column


class RowUnusable(Exception):
    """The row cannot be used; the message is the reason."""


def row_from(fields: Mapping[str, str], line: int, file: FileShows, note: Note) -> RetailRow:
    """Return the typed row. Raises `RowUnusable`."""
    invoice = _code(fields["InvoiceNo"], note)
    if invoice.upper().startswith("C"):
        raise RowUnusable("cancelled invoice")
    return RetailRow(
        line=line,
        invoice=invoice,
        sku=_sku(_code(fields["StockCode"], note)),
        description=_description(fields["Description"], note),
        quantity=_quantity(fields["Quantity"].strip(), file.quantities),
        price=_price(fields["UnitPrice"].strip(), file.prices, note),
        sold_at=_date(fields["InvoiceDate"], file.dates),
        customer=_customer(fields.get("CustomerID", ""), note),
        country=fields.get("Country", "").strip(),
    )


def _code(value: str, note: Note) -> str:
    code = value.strip()
    number = _WHOLE_NUMBER.fullmatch(code)
    if number is None:
        return code
    note("code with .0 taken as the number before it")
    return number[1]


def _sku(value: str) -> str:
    # 85123a and 85123A are one product.
    code = value.upper()
    if not code or NO_PRODUCT.fullmatch(code):
        raise RowUnusable("code that is no product")
    # The capitals of some letters, like ß, are ASCII letters, which would be another code.
    if not (value.isascii() and is_sku(code)):
        raise RowUnusable("code of other signs than letters, digits, . _ -, or too long")
    return code


def _customer(value: str, note: Note) -> str:
    customer = _code(value, note)
    if is_shortened(customer):
        note("customer's number that a table program has shortened, like 5.36E+11")
    return customer


def _description(value: str, note: Note) -> str:
    text = " ".join(value.split()).strip(" ,;")
    if not text:
        raise RowUnusable("no description")
    if _NO_CHARACTER in text or not text.isprintable():
        raise RowUnusable("description with a sign that cannot be read")
    if len(text) > NAME_LENGTH:
        note(f"description cut to {NAME_LENGTH} signs")
    return text[:NAME_LENGTH]


def _quantity(value: str, column: Column) -> int:
    if column.leaves_in_doubt(value):
        raise RowUnusable("quantity that may be thousands, or a fraction")
    quantity = number_from(value)
    if quantity is None or quantity != quantity.to_integral_value():
        raise RowUnusable("unreadable quantity")
    if quantity > STOCK_LIMIT:
        raise RowUnusable(f"quantity above {STOCK_LIMIT:,}")
    if quantity <= 0:
        raise RowUnusable("quantity of 0 or below")
    return int(quantity)


def _price(value: str, column: Column, note: Note) -> Decimal:
    if column.leaves_in_doubt(value):
        raise RowUnusable("price that may be thousands, or a fraction")
    price = number_from(value)
    if price is None:
        comma = has_decimal_comma(value)
        raise RowUnusable("price with a comma instead of a point" if comma else "unreadable price")
    if price > PRICE_LIMIT:
        raise RowUnusable(f"price above {PRICE_LIMIT:,}")
    rounded = max(price, Decimal(0)).quantize(CENT, ROUND_HALF_UP)
    if rounded < CENT:
        raise RowUnusable("price below 0.01")
    # A program writes a float 3.30 as 3.3000000000000003.
    if abs(price - rounded) > _FLOAT_NOISE:
        note("price rounded to a hundredth")
    return rounded


def _date(value: str, order: DateOrder) -> datetime:
    date = date_from(value.strip(), order)
    if date is None:
        raise RowUnusable("unreadable date")
    return date
