"""The id in whose name the rows of a visitor are stored: the cart, and the orders placed here.

The session holds only this id. A session is read, changed and written back as a whole: of two
concurrent requests, the later one would undo the change of the earlier one.
"""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

VISITOR_ID = "cart_id"
"""Its key in the session; older releases gave the name."""
USED_ON = "used_on"
"""The day on which the visitor changed something last. A new one saves the session, which then
lasts `SESSION_COOKIE_AGE` from there; a session that is only read would end by its first day."""


def known(session: SessionBase) -> UUID | None:
    """Return the id; None for a visitor who has no session yet."""
    return named_in(session, session.session_key)


def named_in(held: SessionBase | Mapping[str, Any], session_key: str | None) -> UUID | None:
    """Return the id of the visitor whose session holds this."""
    if given := held.get(VISITOR_ID):
        return UUID(given)
    # Another request may have written an older session back, from before the id was set.
    return _named_after(session_key) if session_key else None


def begun(session: SessionBase) -> UUID:
    """Return the id, and store it. Two concurrent first requests of a session make the same id."""
    if VISITOR_ID not in session:
        if not session.session_key:
            session.create()
        # Stored, because a visitor who signs in gets another session key.
        session[VISITOR_ID] = str(_named_after(str(session.session_key)))
    if session.get(USED_ON) != (today := timezone.localdate().isoformat()):
        session[USED_ON] = today
    return UUID(session[VISITOR_ID])


def _named_after(session_key: str) -> UUID:
    return uuid5(NAMESPACE_OID, session_key)
