"""Fills the demo's shop: categories, products with pictures, stock, and a staff user."""

import secrets
from decimal import Decimal
from pathlib import Path

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import transaction

from apps.catalog.queries import names
from apps.catalog.services import add_category, add_product
from apps.demo.assortment import SHELVES, Item, Shelf
from apps.images.services import make_preview
from apps.images.uploads import add_photo
from apps.messaging import kept_file

STAFF = "staff"


def put_on_sale() -> int:
    """Add the products of the assortment that are missing; return how many."""
    known = names([item.sku for shelf in SHELVES for item in shelf.items])
    missing = [(shelf, item) for shelf in SHELVES for item in shelf.items if item.sku not in known]
    for shelf, item in missing:
        _put_on_sale(shelf, item)
    return len(missing)


def employ_staff(folder: Path) -> None:
    """Make the user `staff`; its password is made once and stored in `folder`."""
    path = folder / "staff_password"
    user = User.objects.filter(username=STAFF).first()
    if user is not None and kept_file.kept(path):
        return  # Comparing the password with its hash would take half a second at each start.
    password = kept_file.keep(path, secrets.token_urlsafe(9) + "\n")
    if user is None:
        User.objects.create_superuser(STAFF, password=password)
        return
    user.set_password(password)
    user.save(update_fields=["password"])


def take_photo(item: Item) -> int:
    """Add the product's picture; return the photo's id."""
    file = ContentFile(item.picture.read_bytes(), name=item.picture.name)
    return add_photo(sku=item.sku, file=file, id=item.photo_id).pk


def _put_on_sale(shelf: Shelf, item: Item) -> None:
    with transaction.atomic():
        add_product(
            sku=item.sku,
            name=item.name,
            price=Decimal(item.price),
            stock=item.stock,
            description=item.description,
            category=add_category(slug=shelf.slug, name=shelf.name),
        )
        photo = take_photo(item)
    # The first visitor may come before the resizers run.
    make_preview(id=photo)
