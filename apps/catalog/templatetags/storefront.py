"""What every page of the storefront needs: the shelves in its header, and money as it is read."""

from decimal import Decimal

from django import template
from django.apps import apps
from django.utils.formats import number_format

from apps.catalog import queries
from apps.catalog.models import Category

register = template.Library()

SIGNS = {"GBP": "£", "EUR": "€", "USD": "$"}


@register.filter
def money(amount: Decimal, currency: str) -> str:
    """`1234.5|money:"GBP"` → `£1,234.50`."""
    number = number_format(amount, decimal_pos=2, force_grouping=True)
    return f"{SIGNS[currency]}{number}" if currency in SIGNS else f"{number} {currency}"


@register.simple_tag
def has_app(name: str) -> bool:
    """Whether there is such an app, for links to what a site may be without."""
    return apps.is_installed(name)


@register.simple_tag
def shelves() -> list[Category]:
    return queries.categories()
