"""Who may read the e-mail address of an order, and cancel it: the one who has its token.

An order's id is in every event, so it proves nothing. The token is in no event and in no log line:
the session of the visitor knows it, the API answers with it, and the mail has it in a link.
"""

from secrets import compare_digest

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from apps.orders.errors import NotTheirOrder
from apps.orders.models import Order

IN_ADDRESS = "token"
"""The name of the token in the query string of a page."""
PLACED_HERE = "orders"
MOST_KEPT = 50
"""A session remembers this many orders, the newest ones."""


def remember(session: SessionBase, order: Order) -> None:
    """Let this session see and cancel the order from now on."""
    others = [each for each in session.get(PLACED_HERE, []) if each != str(order.id)]
    session[PLACED_HERE] = [*others, str(order.id)][-MOST_KEPT:]


def was_placed_in(session: SessionBase, order: Order) -> bool:
    """Return whether `remember` was called for this order in this session."""
    return str(order.id) in session.get(PLACED_HERE, [])


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
