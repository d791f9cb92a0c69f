"""What is in the carts: each change is one statement, so that two requests at once both count."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Least, Now
from django.utils import timezone

from apps.orders.errors import CartChanged, CartFull
from apps.orders.lines import MAX_LINES, MAX_QUANTITY, PricedLine
from apps.orders.models import CartItem

KEPT = timedelta(days=30)
"""Time for which an unchanged cart is kept; a session lives for two weeks."""


def quantities(cart: UUID) -> dict[str, int]:
    """Return SKU → how many of it, in the order in which it was put in."""
    return dict(CartItem.objects.filter(cart=cart).values_list("sku", "quantity"))


def add(cart: UUID, sku: str, quantity: int) -> None:
    """Put so many more of it in, up to `MAX_QUANTITY`.

    Raises `CartFull` where it would be one line more than an order may have.
    """
    more = Least(F("quantity") + quantity, MAX_QUANTITY)
    while not _of(cart, sku).update(quantity=more, changed_at=Now()):
        try:
            with transaction.atomic():
                _wait_for_room(cart)
                CartItem.objects.create(cart=cart, sku=sku, quantity=min(quantity, MAX_QUANTITY))
        except IntegrityError:
            continue  # Another request was first to put it in, and may have bought it since.
        return


def change(cart: UUID, sku: str, quantity: int) -> bool:
    """Have that many of what is in it, none takes it out; return whether it was there."""
    if quantity > 0:
        kept = min(quantity, MAX_QUANTITY)
        return bool(_of(cart, sku).update(quantity=kept, changed_at=Now()))
    return bool(_of(cart, sku).delete()[0])


def drop(cart: UUID, skus: Iterable[str]) -> None:
    CartItem.objects.filter(cart=cart, sku__in=list(skus)).delete()


def take_out(cart: UUID, lines: Iterable[PricedLine]) -> None:
    """Take out what becomes an order, in its transaction; what came meanwhile stays.

    Raises `CartChanged` where it is not all there any more: another window has bought it.
    """
    for line in sorted(lines, key=lambda line: line.sku):
        left = _of(cart, line.sku).filter(quantity__gt=line.quantity)
        if left.update(quantity=F("quantity") - line.quantity, changed_at=Now()):
            continue
        if not _of(cart, line.sku).filter(quantity=line.quantity).delete()[0]:
            raise CartChanged


def prune() -> int:
    """Delete items that were not changed for `KEPT`; return how many rows."""
    count, _ = CartItem.objects.filter(changed_at__lt=timezone.now() - KEPT).delete()
    return count


def _wait_for_room(cart: UUID) -> None:
    """Lock the cart against further lines until this transaction ends; raises `CartFull`.

    All who would add one lock the oldest row: what they count then is what was committed. SQLite
    lets one transaction write at a time anyway. An empty cart has no row, and room for all.
    """
    rows = CartItem.objects.filter(cart=cart)
    list(rows.select_for_update().order_by("id")[:1])
    if rows.count() >= MAX_LINES:
        raise CartFull(f"a cart holds at most {MAX_LINES} different products")


def _of(cart: UUID, sku: str) -> QuerySet[CartItem]:
    return CartItem.objects.filter(cart=cart, sku=sku)
