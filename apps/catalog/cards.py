"""A product as it stands on a page: with its picture."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from apps.catalog.models import Product
from apps.images.queries import photos_of


@dataclass(frozen=True, kw_only=True)
class Card:
    """`photo` is None until there is something to show of the product."""

    product: Product
    photo: dict[str, Any] | None


def cards_of(products: Iterable[Product]) -> list[Card]:
    """Return the products with their newest photos, in two queries for all."""
    products = list(products)
    photos = photos_of([product.sku for product in products])
    return [Card(product=product, photo=photos.get(product.sku)) for product in products]
