"""Money as a visitor reads it, and links to installed apps."""

from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from pytest_django.fixtures import Settings

from apps.catalog.templatetags.storefront import has_app, money


@pytest.mark.parametrize(
    ("amount", "currency", "read"),
    [
        ("9.9", "GBP", "£9.90"),
        ("1234567.5", "EUR", "€1,234,567.50"),
        ("12", "SEK", "12.00 SEK"),
    ],
)
def test_money_shows_currency_sign_decimals_and_separators(
    amount: str, currency: str, read: str
) -> None:
    assert money(Decimal(amount), currency) == read


@pytest.mark.django_db
def test_without_the_lab_pages_do_not_link_to_it(settings: Settings) -> None:
    others = [name for name in settings.INSTALLED_APPS if not name.startswith("apps.lab")]
    settings.INSTALLED_APPS = others
    assert not has_app("apps.lab")
    assert 'href="/lab/"' not in render_to_string("base.html")
