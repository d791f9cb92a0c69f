"""Makes products of a retailer's invoice lines: one for each code, at its latest price."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Upper

from apps.catalog import services
from apps.catalog.rules import NAME_LENGTH
from apps.demo.retail.fields import RetailRow

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SMALL_WORDS = {"A", "AND", "AT", "BY", "FOR", "FROM", "IN", "OF", "ON", "OR", "THE", "TO", "WITH"}


@dataclass(frozen=True, kw_only=True)
class ImportedProducts:
    """How many products were added, got another price or name, or were left as they were."""

    added: int
    changed: int
    unchanged: int
    in_another_currency: Sequence[str] = ()
    """SKUs of products that were not changed: the file's prices are in the shop's currency."""


def import_products(rows: Iterable[RetailRow], *, stock: int) -> ImportedProducts:
    """Add new products with that `stock`; set price and name of those that the shop has.

    A product in another currency is not changed. The same rows again change nothing.
    Raises `ProductInvalid`; then nothing is changed.
    """
    latest = _latest(rows)
    with transaction.atomic():
        known = _known(latest)
        new = [_product(row, stock) for sku, row in latest.items() if sku not in known]
        for product in _products().bulk_create(new, batch_size=500):
            services.announce_price(product)
        foreign = {sku for sku, each in known.items() if each.currency != settings.CURRENCY}
        ours = {sku: product for sku, product in known.items() if sku not in foreign}
        changed = sum(_renew(product, latest[sku]) for sku, product in ours.items())
    return ImportedProducts(
        added=len(new),
        changed=changed,
        unchanged=len(ours) - changed,
        in_another_currency=sorted(known[sku].sku for sku in foreign),
    )


def tidy(description: str) -> str:
    """`SET OF 6  T-LIGHTS` → `Set of 6 T-Lights`; a text with small letters keeps them."""
    text = " ".join(description.split()).strip(" ,;")
    tidied = text if text != text.upper() else _WORD.sub(_cased, text)
    # Some letters are two in another case.
    return (tidied[:1].upper() + tidied[1:])[:NAME_LENGTH]


def _latest(rows: Iterable[RetailRow]) -> dict[str, RetailRow]:
    latest: dict[str, RetailRow] = {}
    for row in rows:
        seen = latest.get(row.sku)
        if seen is None or seen.sold_at <= row.sold_at:
            latest[row.sku] = row
    return latest


def _known(codes: Iterable[str]) -> dict[str, Any]:
    """Return the products of these codes; the shop may write a code in lower case."""
    found = _products().annotate(code=Upper("sku")).filter(code__in=list(codes))
    # If two differ only in case, the one with the spelling of the file comes last and wins.
    by_likeness = sorted(found, key=lambda product: product.sku == product.code)
    return {product.code: product for product in by_likeness}


def _product(row: RetailRow, stock: int) -> Any:
    product = _products().model(
        sku=row.sku,
        name=tidy(row.description),
        price=row.price,
        currency=settings.CURRENCY,
        stock=stock,
    )
    services.check_product(product)
    return product


def _renew(product: Any, row: RetailRow) -> bool:
    """Set price and name; return whether one of them was another."""
    name = tidy(row.description)
    if (product.price, product.name) == (row.price, name):
        return False
    if product.price != row.price:
        services.change_price(sku=product.sku, price=row.price)
    _products().filter(sku=product.sku).update(name=name)
    return True


def _products() -> Any:
    """Return the table: thousands of products are written at once, which no service does."""
    return apps.get_model("catalog.Product")._default_manager.all()


def _cased(match: re.Match[str]) -> str:
    word, before = match.group(), match.string[: match.start()]
    # The unit in 10CM, and the D in 3D, belong to the number before them.
    if word in _SMALL_WORDS or before[-1:].isdigit():
        return word.lower()
    return word.capitalize()
