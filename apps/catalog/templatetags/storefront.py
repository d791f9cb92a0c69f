"""Template tags of the storefront: the shelves of the header, amounts of money, form errors."""

from decimal import Decimal

from django import template
from django.apps import apps
from django.forms import BaseForm
from django.utils.formats import number_format

from apps.catalog import queries
from apps.catalog.models import Category

register = template.Library()

CAME_BACK_CHANGED = (
    "This page has changed since it was shown ({label}: {error}) Nothing has been done yet: "
    "please check the page, and send it again."
)
SIGNS = {"GBP": "£", "EUR": "€", "USD": "$"}


@register.filter
def money(amount: Decimal, currency: str) -> str:
    """`1234.5|money:"GBP"` → `£1,234.50`."""
    number = number_format(amount, decimal_pos=2, force_grouping=True)
    return f"{SIGNS[currency]}{number}" if currency in SIGNS else f"{number} {currency}"


@register.filter
def errors_without_a_place(form: BaseForm) -> list[str]:
    """Return the errors of the whole form and of its hidden fields."""
    hidden = [
        CAME_BACK_CHANGED.format(label=field.label, error=error)
        for field in form.hidden_fields()
        for error in field.errors
    ]
    return [*form.non_field_errors(), *hidden]


@register.simple_tag
def has_app(name: str) -> bool:
    """Return whether an app is installed, for links to parts that a site can leave out."""
    return apps.is_installed(name)


@register.simple_tag
def shelves() -> list[Category]:
    return queries.categories()
