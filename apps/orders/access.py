"""Who may read the e-mail address of an order, and cancel it: an order's id is in every event.

Its token is in none, nor in a line of a log: the visitor who placed it has it in the session, a
program in the answer, and the customer in the link of the mail.
"""

from secrets import compare_digest

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from apps.orders.errors import NotTheirOrder
from apps.orders.models import Order

IN_ADDRESS = "token"
"""Its name in the address of a page."""
PLACED_HERE = "orders"
MOST_KEPT = 50
"""Orders that a session remembers, the newest."""


def remember(session: SessionBase, order: Order) -> None:
    """Let this session see and cancel the order from now on."""
    others = [each for each in session.get(PLACED_HERE, []) if each != str(order.id)]
    session[PLACED_HERE] = [*others, str(order.id)][-MOST_KEPT:]


def was_placed_in(session: SessionBase, order: Order) -> bool:
    """Whether `remember` was called for it, or the token given, in this session."""
    return str(order.id) in session.get(PLACED_HERE, [])


def is_token_of(order: Order, token: str) -> bool:
    # An order of a process of yesterday, which knew of no token, has none that fits.
    return bool(order.token) and compare_digest(order.token.encode(), token.encode())


def require_access(order: Order, token: str) -> None:
    """Raises `NotTheirOrder` where the token is not the order's."""
    if not is_token_of(order, token):
        raise NotTheirOrder


def link_to(order: Order) -> str:
    """Return the address of the order's page with its token; empty without `SITE_URL`."""
    if not settings.SITE_URL:
        return ""
    return f"{settings.SITE_URL.rstrip('/')}/orders/{order.id}/?{IN_ADDRESS}={order.token}"
