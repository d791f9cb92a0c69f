"""Money as a visitor reads it."""

from decimal import Decimal

import pytest

from apps.catalog.templatetags.storefront import money


@pytest.mark.parametrize(
    ("amount", "currency", "read"),
    [
        ("9.9", "GBP", "£9.90"),
        ("1234567.5", "EUR", "€1,234,567.50"),
        ("12", "SEK", "12.00 SEK"),
    ],
)
def test_money_has_its_sign_two_decimals_and_groups(amount: str, currency: str, read: str) -> None:
    assert money(Decimal(amount), currency) == read
