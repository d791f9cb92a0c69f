"""Puts the demo's shop back: what it never sold goes, prices, stock and pictures are the seed's."""

from decimal import Decimal
from functools import partial
from typing import Any

from django.apps import apps
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Min

from apps.catalog.queries import product_of_staff
from apps.catalog.services import change_terms
from apps.demo.assortment import SHELVES, Item, Shelf
from apps.demo.seed import put_on_sale, take_photo
from apps.images.services import make_preview, redo_renditions


def restore() -> int:
    """Bring the assortment back; return how many products were missing of it."""
    with transaction.atomic():
        _remove_strangers()
        for shelf in SHELVES:
            for item in shelf.items:
                _put_back(shelf, item)
    added = put_on_sale()
    for shelf in SHELVES:
        for item in shelf.items:
            _show(shelf, item)
    return added


def _remove_strangers() -> None:
    ours = [item.sku for shelf in SHELVES for item in shelf.items]
    _rows("catalog.Product").exclude(sku__in=ours).delete()
    _rows("catalog.Category").exclude(slug__in=[shelf.slug for shelf in SHELVES]).delete()
    photos = _rows("images.Photo")
    firsts = photos.filter(sku__in=ours).order_by().values("sku").annotate(first=Min("id"))
    for photo in photos.exclude(id__in=[row["first"] for row in firsts]):
        _remove_photo(photo)


def _remove_photo(photo: Any) -> None:
    keys = [photo.original_key, photo.preview_key, *(each.key for each in photo.renditions.all())]
    photo.delete()
    for key in filter(None, keys):
        transaction.on_commit(partial(storages["images"].delete, key))


def _put_back(shelf: Shelf, item: Item) -> None:
    """By the catalogue's own services: the responders hear of each price that changes."""
    found = _rows("catalog.Product").filter(sku=item.sku)
    if not found.update(name=item.name, description=item.description, is_active=True):
        return  # It is missing, and put on sale anew.
    stock_by = item.stock - product_of_staff(item.sku).stock
    change_terms(sku=item.sku, price=Decimal(item.price), stock_by=stock_by)


def _show(shelf: Shelf, item: Item) -> None:
    """See to it that a product has its photo, and that the photo gets its renditions."""
    photo = _rows("images.Photo").filter(sku=item.sku).first()
    if photo is None:
        make_preview(id=take_photo(shelf, item))
    elif photo.status != "ready":
        redo_renditions(id=photo.pk)


def _rows(label: str) -> Any:
    return apps.get_model(label)._default_manager.all()
