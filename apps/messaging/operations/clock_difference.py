"""Compares the clock of a server with the one of this machine."""

from datetime import UTC, datetime, timedelta

from apps.messaging.finding import Finding, warning, well

TOLERATED = timedelta(seconds=2)
"""Leases and heartbeats go by the database's clock; logs and signed requests by each machine's."""


def now() -> datetime:
    """Return the time of this machine."""
    return datetime.now(UTC)


def finding(server: str, *, asked_at: datetime, said: datetime, answered_at: datetime) -> Finding:
    """Return how far the two are apart; the time that the answer took is not counted."""
    apart = max(said - answered_at, asked_at - said, timedelta())
    name = "clock"
    if apart <= TOLERATED:
        return well(name, f"agrees with that of {server}")
    direction = "behind" if said > answered_at else "ahead of"
    return warning(
        name,
        f"{apart.total_seconds():,.1f} s {direction} that of {server}",
        "let NTP set the clocks of both machines",
    )
