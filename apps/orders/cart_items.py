"""The items of carts. Each change is one statement, so that concurrent requests both count."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from apps.messaging.operations import pruning
from apps.orders.errors import CartChanged, CartFull
from apps.orders.lines import MAX_LINES, MAX_QUANTITY, PricedLine
from apps.orders.models import CartItem

KEPT = timedelta(days=30)
"""Time for which an unchanged cart is kept; a session lives for two weeks."""


def quantities(cart: UUID) -> dict[str, int]:
    """Return SKU → quantity, in the order in which the items were added."""
    return dict(CartItem.objects.filter(cart=cart).values_list("sku", "quantity"))


def add(cart: UUID, sku: str, quantity: int) -> bool:
    """Add this many pieces of a product, up to `MAX_QUANTITY`. Return whether all were added.

    Raises `CartFull` if the cart would have more lines than an order may have.
    """
    room = MAX_QUANTITY - quantity
    while True:
        fitting = _of(cart, sku).filter(quantity__lte=room)
        if fitting.update(quantity=F("quantity") + quantity, changed_at=Now()):
            return True
        beyond = _of(cart, sku).filter(quantity__gt=room)
        if beyond.update(quantity=MAX_QUANTITY, changed_at=Now()):
            return False
        try:
            with transaction.atomic():
                _wait_for_room(cart)
                CartItem.objects.create(cart=cart, sku=sku, quantity=min(quantity, MAX_QUANTITY))
        except IntegrityError:
            continue  # Another request has added the product first, and may have bought it since.
        return quantity <= MAX_QUANTITY


def change(cart: UUID, sku: str, quantity: int) -> bool:
    """Set the quantity of an item; zero deletes it. Return whether the item was there."""
    if quantity > 0:
        kept = min(quantity, MAX_QUANTITY)
        return bool(_of(cart, sku).update(quantity=kept, changed_at=Now()))
    return bool(_of(cart, sku).delete()[0])


def drop(cart: UUID, skus: Iterable[str]) -> None:
    CartItem.objects.filter(cart=cart, sku__in=list(skus)).delete()


def take_out(cart: UUID, lines: Iterable[PricedLine]) -> None:
    """Remove the pieces that become an order, in its transaction; pieces added meanwhile stay.

    Raises `CartChanged` if some of them are gone: another window has ordered them.
    """
    for line in sorted(lines, key=lambda line: line.sku):
        left = _of(cart, line.sku).filter(quantity__gt=line.quantity)
        if left.update(quantity=F("quantity") - line.quantity, changed_at=Now()):
            continue
        if not _of(cart, line.sku).filter(quantity=line.quantity).delete()[0]:
            raise CartChanged


def prune() -> int:
    """Delete items that were not changed for `KEPT`; return how many rows."""
    return pruning.delete(CartItem.objects.filter(changed_at__lt=Now() - KEPT))


def _wait_for_room(cart: UUID) -> None:
    """Lock the cart against further lines until this transaction ends. Raises `CartFull`.

    Each request that adds a line locks the oldest row first, so it counts committed rows. SQLite
    lets only one transaction write at a time anyway. An empty cart has no row to lock, and room.
    """
    rows = CartItem.objects.filter(cart=cart)
    list(rows.select_for_update().order_by("id")[:1])
    if rows.count() >= MAX_LINES:
        raise CartFull(f"a cart holds at most {MAX_LINES} different products")


def _of(cart: UUID, sku: str) -> QuerySet[CartItem]:
    return CartItem.objects.filter(cart=cart, sku=sku)
