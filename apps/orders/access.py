"""Who may read the e-mail address of an order, and cancel it: the one who has its token.

An order's id is in every event, so it proves nothing. The token is in no event and in no log line:
the API answers with it, and the mail has it in a link. A visitor of the pages has placed the order,
or has opened such a link, and this has a row.
"""

from datetime import timedelta
from secrets import compare_digest

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db.models.functions import Now

from apps.messaging.operations import pruning
from apps.orders import visitors
from apps.orders.errors import NotTheirOrder
from apps.orders.models import Order, VisitorsOrder

IN_ADDRESS = "token"
"""The name of the token in the query string of a page."""
PLACED_HERE = "orders"
"""Sessions of the release before list their orders under this key; they end after two weeks."""
KEPT = timedelta(days=30)
"""Time for which a visitor's order is remembered; the link in its mail has no end."""


def remember(session: SessionBase, order: Order) -> None:
    """Let this session see and cancel the order from now on."""
    row = VisitorsOrder(visitor=visitors.begun(session), order=order)
    VisitorsOrder.objects.bulk_create([row], ignore_conflicts=True)


def was_placed_in(session: SessionBase, order: Order) -> bool:
    """Return whether `remember` was called for this order in this session."""
    if str(order.id) in session.get(PLACED_HERE, []):
        return True
    visitor = visitors.known(session)
    if visitor is None:
        return False
    return VisitorsOrder.objects.filter(visitor=visitor, order=order).exists()


def prune() -> int:
    """Delete the rows of visitors whose orders are older than `KEPT`; return how many."""
    return pruning.delete(VisitorsOrder.objects.filter(remembered_at__lt=Now() - KEPT))


def is_token_of(order: Order, token: str) -> bool:
    # An order that a process of an older release has placed has no token: nothing matches it.
    return bool(order.token) and compare_digest(order.token.encode(), token.encode())


def require_access(order: Order, token: str) -> None:
    """Raise `NotTheirOrder` if the token is not the order's."""
    if not is_token_of(order, token):
        raise NotTheirOrder


def link_to(order: Order) -> str:
    """Return the address of the order's page with its token; empty without `SITE_URL`."""
    if not settings.SITE_URL:
        return ""
    return f"{settings.SITE_URL.rstrip('/')}/orders/{order.id}/?{IN_ADDRESS}={order.token}"
