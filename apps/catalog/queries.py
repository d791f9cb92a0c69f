"""Reads of the catalogue; nothing here writes."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, Literal, NamedTuple
from unicodedata import normalize

from django.db import connection
from django.db.models import Q, QuerySet

from apps.catalog.errors import UnknownProduct
from apps.catalog.models import Category, Product
from apps.images.queries import photos_of

UNICODE_FORMS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")
"""É as one sign or as two; macOS and some table programs write the second."""


@dataclass(frozen=True, kw_only=True)
class ProductPage:
    """A slice of the products that were found, and how many there are in all."""

    items: list[Product]
    count: int


@dataclass(frozen=True, kw_only=True)
class Card:
    """A product with its photo, for a page; `photo` is None until a picture can be shown."""

    product: Product
    photo: dict[str, Any] | None


class ListPrice(NamedTuple):
    """The price of a product; the one with the higher version is newer."""

    price: Decimal
    currency: str
    version: int


def list_products(
    *, search: str = "", category: str = "", limit: int = 24, offset: int = 0
) -> ProductPage:
    """Find products for sale. Each word is in the name, or is the SKU; `category` is a slug."""
    found = matching(_for_sale(), search)
    if category:
        found = found.filter(category__slug=category)
    return ProductPage(items=list(found[offset : offset + limit]), count=found.count())


def products_of_staff(*, search: str = "", limit: int = 24, offset: int = 0) -> ProductPage:
    """Find products, also those that are not for sale; the newest first."""
    found = matching(_all().order_by("-id"), search)
    return ProductPage(items=list(found[offset : offset + limit]), count=found.count())


def matching(products: QuerySet[Product], search: str) -> QuerySet[Product]:
    """Return the products whose name contains each word, or whose SKU it is; case is ignored."""
    for word in _text(search).split():
        spelt = {normalize(form, word) for form in UNICODE_FORMS}
        named = reduce(or_, map(_in_name, spelt))
        products = products.filter(named | Q(sku__iexact=word))
    return products


def product(sku: str) -> Product:
    """Return a product. Raises `UnknownProduct` if it does not exist or is not for sale."""
    found = _for_sale().filter(sku=_text(sku)).first()
    if found is None:
        raise UnknownProduct(sku)
    return found


def product_of_staff(sku: str) -> Product:
    """Return a product, for sale or not. Raises `UnknownProduct` if it does not exist."""
    found = _all().filter(sku=_text(sku)).first()
    if found is None:
        raise UnknownProduct(sku)
    return found


def products_by_sku(skus: Collection[str]) -> dict[str, Product]:
    """Return those that are for sale; the others are missing from the answer."""
    return {product.sku: product for product in _for_sale().filter(sku__in=map(_text, skus))}


def cards_of(products: Iterable[Product]) -> list[Card]:
    """Return the products with their newest photos, in two queries for all."""
    products = list(products)
    photos = photos_of([product.sku for product in products])
    return [Card(product=product, photo=photos.get(product.sku)) for product in products]


def names(skus: Collection[str]) -> dict[str, str]:
    """Return SKU → name of the known products, also of those no longer for sale."""
    known = Product.objects.filter(sku__in=map(_text, skus))
    return dict(known.values_list("sku", "name"))


def list_prices(skus: Collection[str]) -> dict[str, ListPrice]:
    """Return SKU → price in the catalogue, for those that are for sale."""
    return _list_prices(Product.objects.filter(sku__in=map(_text, skus)))


def withdrawn(skus: Collection[str]) -> set[str]:
    """Return those that the catalogue knows and does not sell any more."""
    known = Product.objects.filter(sku__in=map(_text, skus), is_active=False)
    return set(known.values_list("sku", flat=True))


def price_list() -> dict[str, ListPrice]:
    """Return SKU → price of everything for sale: what a price responder holds in memory."""
    return _list_prices(Product.objects.all())


def _list_prices(products: QuerySet[Product]) -> dict[str, ListPrice]:
    rows = products.filter(is_active=True).order_by()
    return {
        sku: ListPrice(price, currency, version)
        for sku, price, currency, version in rows.values_list(
            "sku", "price", "currency", "price_version"
        )
    }


def categories() -> list[Category]:
    """Return the categories that have something for sale, in the order of the shop."""
    return list(Category.objects.filter(products__is_active=True).distinct())


def first_of(category: Category, count: int) -> list[Product]:
    """Return so many of the category's products for sale, the oldest first."""
    return list(_for_sale().filter(category=category)[:count])


def category(slug: str) -> Category | None:
    return Category.objects.filter(slug=slug).first()


def _all() -> QuerySet[Product]:
    return Product.objects.select_related("category")


def _for_sale() -> QuerySet[Product]:
    return _all().filter(is_active=True)


def _in_name(word: str) -> Q:
    # SQLite's LIKE ignores case in ASCII only. Django gives SQLite the regular expressions of
    # Python, which ignore the case of É too, but take longer.
    if connection.vendor == "sqlite" and not word.isascii():
        return Q(name__iregex=re.escape(word))
    return Q(name__icontains=word)


def _text(value: str) -> str:
    # A visitor may send a NUL, and PostgreSQL raises an error for a text that has one.
    return value.replace("\x00", "")
