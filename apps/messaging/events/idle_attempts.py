"""Events whose last attempt in this process ended because its transaction was idle for too long.

Their handler works slowly outside the database, so at the next attempt here the transaction may be
idle for as long as the handler may work. Any other event has the short limit at each attempt: its
process may be paused, and then others wait for its rows.
"""

from apps.messaging.handling.database import was_idle

AT_MOST = 1000
"""Events that are remembered; one that is handled later is not forgotten by that."""

_ended: dict[str, None] = {}
"""Their identities, the oldest first."""


def note(identity: str, error: Exception) -> None:
    """Remember how an attempt ended."""
    _ended.pop(identity, None)
    if was_idle(error):
        _ended[identity] = None
        for oldest in list(_ended)[:-AT_MOST]:
            _ended.pop(oldest, None)


def has_ended(identity: str) -> bool:
    """Return whether the last attempt at this event ended because it was idle."""
    return identity in _ended
