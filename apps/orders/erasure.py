"""Erases a customer's data from orders and sessions; the orders themselves stay."""

from collections.abc import Collection, Iterator
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from apps.orders import visitors
from apps.orders.access import PLACED_HERE
from apps.orders.models import CartItem, IdempotencyKey, Order, VisitorsOrder

ERASED = "erased@erased.invalid"
"""Replaces every erased address; RFC 2606 reserves its domain, so it belongs to no one."""


def is_erased(order: Order) -> bool:
    return order.email == ERASED


def lock_orders_of(email: str) -> list[Order]:
    """Return the orders of this address; upper and lower case are the same.

    The orders stay locked until the transaction ends.
    """
    theirs = Order.objects.filter(email__iexact=email)
    return list(theirs.select_for_update(no_key=True).order_by("id"))


def count_sessions(orders: Collection[Order]) -> int:
    return sum(1 for _ in _sessions_of(orders))


def erase_orders(orders: Collection[Order]) -> None:
    """Erase address and token: no link of a mail opens these orders any more.

    An idempotency key keeps its order, but its digest, which included the address, is erased: no
    request matches it any more.
    """
    ids = [order.id for order in orders]
    Order.objects.filter(id__in=ids).update(email=ERASED, token="")
    IdempotencyKey.objects.filter(order_id__in=ids).update(body_hash="")


def erase_sessions(orders: Collection[Order]) -> None:
    """Delete the sessions in which these orders were placed, and their carts.

    The session of a signed-in user stays, without these orders.
    """
    known = _ids(orders)
    for key, held in list(_sessions_of(orders)):
        visit = SessionStore(key)
        if SESSION_KEY not in held:
            if visitor := visitors.named_in(held, key):
                CartItem.objects.filter(cart=visitor).delete()
                VisitorsOrder.objects.filter(visitor=visitor).delete()
            visit.delete()
        elif PLACED_HERE in held:
            visit[PLACED_HERE] = [each for each in held[PLACED_HERE] if each not in known]
            visit.save()
    VisitorsOrder.objects.filter(order__in=orders).delete()


def _sessions_of(orders: Collection[Order]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield key and content. The content is encoded in one column, so all sessions are read."""
    known = _ids(orders)
    theirs = VisitorsOrder.objects.filter(order__in=orders)
    customers = set(theirs.values_list("visitor", flat=True))
    for session in Session.objects.iterator():
        key, held = session.session_key, session.get_decoded()
        if visitors.named_in(held, key) in customers or known.intersection(
            held.get(PLACED_HERE, [])
        ):
            yield key, held


def _ids(orders: Collection[Order]) -> set[str]:
    """Return the ids as sessions of the release before store them."""
    return {str(order.id) for order in orders}
