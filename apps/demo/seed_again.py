"""Restores the demo's shop: deletes what was added, and resets prices, stock and pictures."""

from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Min

from apps.catalog.queries import product_of_staff
from apps.catalog.services import change_terms
from apps.demo.assortment import SHELVES, Item
from apps.demo.seed import put_on_sale, take_photo
from apps.images.deletion import delete_photos
from apps.images.services import make_preview, redo_renditions


def restore() -> int:
    """Restore the assortment; return how many products of it were missing."""
    with transaction.atomic():
        _remove_added()
        for item in _items():
            _put_back(item)
    added = put_on_sale()
    for item in _items():
        _show(item)
    return added


def _items() -> list[Item]:
    return [item for shelf in SHELVES for item in shelf.items]


def _remove_added() -> None:
    """Delete products, categories and photos that the seed has not made."""
    ours = [item.sku for item in _items()]
    _rows("catalog.Product").exclude(sku__in=ours).delete()
    _rows("catalog.Category").exclude(slug__in=[shelf.slug for shelf in SHELVES]).delete()
    photos = _rows("images.Photo")
    firsts = photos.filter(sku__in=ours).order_by().values("sku").annotate(first=Min("id"))
    added = photos.exclude(id__in=[row["first"] for row in firsts])
    delete_photos(list(added.values_list("id", flat=True)))


def _put_back(item: Item) -> None:
    """Reset a product by the catalogue's services, so that price responders get each change."""
    found = _rows("catalog.Product").filter(sku=item.sku)
    if not found.update(name=item.name, description=item.description, is_active=True):
        return  # It is missing: `put_on_sale` adds it.
    stock_by = item.stock - product_of_staff(item.sku).stock
    change_terms(sku=item.sku, price=Decimal(item.price), stock_by=stock_by)


def _show(item: Item) -> None:
    """Add the product's photo if it is missing, and ask for its renditions if these are missing."""
    photo = _rows("images.Photo").filter(sku=item.sku).first()
    if photo is None:
        make_preview(id=take_photo(item))
    elif photo.status != "ready":
        redo_renditions(id=photo.pk)


def _rows(label: str) -> Any:
    return apps.get_model(label)._default_manager.all()
