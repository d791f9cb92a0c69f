"""Takes a retailer's invoice lines as a catalogue: one product per code, at its latest price."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Upper

from apps.catalog import services
from apps.catalog.models import Product
from apps.catalog.rules import NAME_LENGTH
from apps.demo.retail.fields import RetailRow

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SMALL_WORDS = {"A", "AND", "AT", "BY", "FOR", "FROM", "IN", "OF", "ON", "OR", "THE", "TO", "WITH"}


@dataclass(frozen=True, kw_only=True)
class Imported:
    """How many products an import added, gave another price or name, or left as they were."""

    added: int
    changed: int
    unchanged: int
    in_another_currency: Sequence[str] = ()
    """SKUs that were left alone: the file's prices are in the shop's currency."""


def import_products(rows: Iterable[RetailRow], *, stock: int) -> Imported:
    """Add the products that are new with that `stock`; of known ones renew price and name.

    A product in another currency is left as it is. The same rows again change nothing.
    Raises `ProductInvalid`, and then nothing is changed.
    """
    latest = _latest(rows)
    with transaction.atomic():
        known = _known(latest)
        new = [_product(row, stock) for sku, row in latest.items() if sku not in known]
        for product in Product.objects.bulk_create(new, batch_size=500):
            services.announce_price(product)
        foreign = {sku for sku, each in known.items() if each.currency != settings.CURRENCY}
        ours = {sku: product for sku, product in known.items() if sku not in foreign}
        changed = sum(_renew(product, latest[sku]) for sku, product in ours.items())
    return Imported(
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


def _known(codes: Iterable[str]) -> dict[str, Product]:
    """Return the products of these codes, in whatever case each is written in the shop."""
    found = Product.objects.annotate(code=Upper("sku")).filter(code__in=list(codes))
    # Of two that differ in that alone the one that is written as the file has it comes last.
    by_likeness = sorted(found, key=lambda product: product.sku == product.code)
    return {product.code: product for product in by_likeness}


def _product(row: RetailRow, stock: int) -> Product:
    product = Product(
        sku=row.sku,
        name=tidy(row.description),
        price=row.price,
        currency=settings.CURRENCY,
        stock=stock,
    )
    services.check_product(product)
    return product


def _renew(product: Product, row: RetailRow) -> bool:
    name = tidy(row.description)
    if (product.price, product.name) == (row.price, name):
        return False
    if product.price != row.price:
        services.change_price(sku=product.sku, price=row.price)
    Product.objects.filter(sku=product.sku).update(name=name)
    return True


def _cased(match: re.Match[str]) -> str:
    word, before = match.group(), match.string[: match.start()]
    # 10CM and 3D's follower belong to their number.
    if word in _SMALL_WORDS or before[-1:].isdigit():
        return word.lower()
    return word.capitalize()
