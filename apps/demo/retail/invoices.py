"""The rows of a retailer's file → its invoices: one number, one customer.

A row whose number does not tell its invoice is rejected: it would join the order of another
customer.
"""

import re
from dataclasses import dataclass

from apps.demo.retail.numbers import is_shortened
from apps.demo.retail.rows import RetailRows
from apps.orders.lines import RequestedLine

# What table programs write into a cell without a value, with an error, or that is too narrow.
_NO_NUMBER = re.compile(r"|-+|#+|#?N/A|#[A-Z0/]+[!?]|NAN|NONE|NULL", re.IGNORECASE)
_NO_CHARACTER = "\ufffd"
SEVERAL_CUSTOMERS = "invoice number of several customers"


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """The purchases of one customer at one time; `rows` has their line numbers in the file."""

    number: str
    customer: str
    lines: list[RequestedLine]
    rows: list[int]

    @property
    def is_of_a_guest(self) -> bool:
        return not (self.customer.isascii() and self.customer.isalnum())

    @property
    def email(self) -> str:
        return f"{'guest' if self.is_of_a_guest else f'customer-{self.customer}'}@example.com"


def invoices(rows: RetailRows) -> list[Invoice]:
    """Group the rows by invoice, in the order in which the file first names them.

    Rejects rows without a usable number, and all rows of a number that several customers have.
    """
    grouped: dict[str, Invoice] = {}
    shared: set[str] = set()
    for row in rows:
        if reason := _why_unusable(row.invoice):
            rows.reject(row.line, reason)
            continue
        invoice = grouped.setdefault(
            row.invoice, Invoice(number=row.invoice, customer=row.customer, lines=[], rows=[])
        )
        if row.customer != invoice.customer:
            shared.add(row.invoice)
        invoice.lines.append(RequestedLine(sku=row.sku, quantity=row.quantity))
        invoice.rows.append(row.line)
    # Which of the customers has bought what, or whether the number is wrong, the file does not say.
    for line in sorted(line for number in shared for line in grouped.pop(number).rows):
        rows.reject(line, SEVERAL_CUSTOMERS)
    return list(grouped.values())


def _why_unusable(number: str) -> str:
    """Return why several invoices may have this number; empty if only one has it."""
    if _NO_NUMBER.fullmatch(number):
        return "no invoice number"
    if is_shortened(number):
        return "invoice number that a table program has shortened, like 5.36E+11"
    if _NO_CHARACTER in number or not number.isprintable():
        return "invoice number with a sign that cannot be read"
    return ""
