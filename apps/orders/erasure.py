"""What orders keep of a customer, and how it is taken out of them: the order itself stays."""

from collections.abc import Collection, Iterator
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from apps.orders.access import PLACED_HERE
from apps.orders.cart import Cart
from apps.orders.models import CartItem, IdempotencyKey, Order

ERASED = "erased@erased.invalid"
"""Replaces every erased address; RFC 2606 reserves its domain, so it belongs to no one."""


def is_erased(order: Order) -> bool:
    return order.email == ERASED


def lock_orders_of(email: str) -> list[Order]:
    """Return the orders of this address, in whatever case each was written.

    The orders stay locked until the transaction ends.
    """
    theirs = Order.objects.filter(email__iexact=email)
    return list(theirs.select_for_update(no_key=True).order_by("id"))


def count_sessions(orders: Collection[Order]) -> int:
    return sum(1 for _ in _sessions_of(orders))


def erase_orders(orders: Collection[Order]) -> None:
    """Take address and token out of them: no link of a mail opens them any more.

    A key of a request goes on to know its order, and no request fits it: its digest was of the
    address too.
    """
    ids = [order.id for order in orders]
    Order.objects.filter(id__in=ids).update(email=ERASED, token="")
    IdempotencyKey.objects.filter(order_id__in=ids).update(body_hash="")


def erase_sessions(orders: Collection[Order]) -> None:
    """End the visits in which these were placed, with their carts.

    Who is signed in stays so, and the visit forgets the orders.
    """
    known = _ids(orders)
    for key, held in list(_sessions_of(orders)):
        visit = SessionStore(key)
        if SESSION_KEY in held:
            visit[PLACED_HERE] = [each for each in held[PLACED_HERE] if each not in known]
            visit.save()
            continue
        if cart := Cart(visit).id:
            CartItem.objects.filter(cart=cart).delete()
        visit.delete()


def _sessions_of(orders: Collection[Order]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield key and content; what a session holds is in no column, so all are read."""
    known = _ids(orders)
    for session in Session.objects.iterator():
        held = session.get_decoded()
        if known.intersection(held.get(PLACED_HERE, [])):
            yield session.session_key, held


def _ids(orders: Collection[Order]) -> set[str]:
    """As sessions hold them."""
    return {str(order.id) for order in orders}
