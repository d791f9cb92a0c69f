"""Reads files in the format of the "Online Retail" data set: bytes → typed rows and skips.

Takes the data set as it is: a byte order mark, Latin-1 among UTF-8, three ways to write a date,
cancellations, codes that are no product. What cannot be used is counted by its reason.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import chain

from apps.catalog.errors import CatalogueUnreadable

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice")
CENT = Decimal("0.01")
# Postage, fees, vouchers, corrections: booked like products, but nothing to put on a shelf.
NO_PRODUCT = re.compile(
    r"POST|DOT|[BDMS]|C\d|BANK CHARGES|AMAZONFEE|CRUK|PADS|ADJUST\d?|GIFT.*|TEST\d*"
)
_DAY_FIRST = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?")


@dataclass(frozen=True, kw_only=True, slots=True)
class RetailRow:
    """One line of an invoice that really sold something."""

    invoice: str
    sku: str
    description: str
    quantity: int
    sold_at: datetime
    price: Decimal
    customer: str
    country: str


class _Skip(Exception):
    """This line cannot be used, for this reason."""


class RetailRows:
    """Iterate once over `lines`; then `taken` and `skipped` say what became of them."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        """Raises `CatalogueUnreadable` where a column that we need is missing."""
        self.taken = 0
        self.skipped: Counter[str] = Counter()
        text = map(_decoded, lines)
        heading = next(text, "").removeprefix("\ufeff")
        self._reader = csv.DictReader(chain([heading], text), restval="")
        missing = [name for name in COLUMNS if name not in (self._reader.fieldnames or ())]
        if missing:
            raise CatalogueUnreadable(f"columns are missing: {', '.join(missing)}")

    def __iter__(self) -> Iterator[RetailRow]:
        for fields in self._records():
            try:
                row = _row(fields)
            except _Skip as reason:
                self.skipped[str(reason)] += 1
            else:
                self.taken += 1
                yield row

    def _records(self) -> Iterator[dict[str, str]]:
        while True:
            try:
                yield next(self._reader)
            except StopIteration:
                return
            except csv.Error:
                self.skipped["line that is no CSV"] += 1


def watched(lines: Iterable[bytes], advance: Callable[[int], object]) -> Iterator[bytes]:
    """Tell a progress bar how many bytes each line has."""
    for line in lines:
        advance(len(line))
        yield line


def _decoded(line: bytes) -> str:
    # Line by line: some copies of the data set mix both encodings.
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        text = line.decode("latin-1")
    return text.replace("\x00", "")


def _row(fields: dict[str, str]) -> RetailRow:
    invoice = fields["InvoiceNo"].strip()
    if invoice.upper().startswith("C"):
        raise _Skip("cancelled invoice")
    return RetailRow(
        invoice=invoice,
        sku=_sku(fields["StockCode"]),
        description=_description(fields["Description"]),
        quantity=_quantity(fields["Quantity"]),
        price=_price(fields["UnitPrice"]),
        sold_at=_date(fields["InvoiceDate"]),
        customer=(fields.get("CustomerID") or "").strip(),
        country=(fields.get("Country") or "").strip(),
    )


def _sku(value: str) -> str:
    # 85123a and 85123A are one product.
    code = value.strip().upper()
    if not code or len(code) > 64 or NO_PRODUCT.fullmatch(code):
        raise _Skip("code that is no product")
    return code


def _description(value: str) -> str:
    text = " ".join(value.split())[:255]
    if not text:
        raise _Skip("no description")
    return text


def _quantity(value: str) -> int:
    try:
        quantity = int(value)
    except ValueError:
        raise _Skip("unreadable quantity") from None
    if quantity <= 0:
        raise _Skip("quantity of 0 or below")
    return quantity


def _price(value: str) -> Decimal:
    try:
        price = Decimal(value.strip()).quantize(CENT)
    except InvalidOperation:
        raise _Skip("unreadable price") from None
    if not price.is_finite() or price > 10**9:
        raise _Skip("unreadable price")
    if price <= 0:
        raise _Skip("price of 0 or below")
    return price


def _date(value: str) -> datetime:
    date = _parsed_date(value.strip())
    if date is None:
        raise _Skip("unreadable date")
    return date


@lru_cache(maxsize=1024)  # An invoice writes the same date on each of its lines.
def _parsed_date(value: str) -> datetime | None:
    match = _DAY_FIRST.fullmatch(value)
    try:
        if match is None:
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        day, month, year, hour, minute, second = (int(part or 0) for part in match.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
