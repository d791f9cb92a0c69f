"""Rows that are held because their destination is away, while rows of others are sent.

A destination is away if its subject has no stream, its stream is full or has no leader, or its
queue is gone. It is tried again after a quarter of the time that it has been away. When one of its
rows was sent, those that were held before are claimed like fresh ones.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Min, QuerySet
from django.db.models.functions import Coalesce, Now

from apps.messaging.handling import dead_letters
from apps.messaging.models import OutboxMessage
from apps.messaging.outbox.compiled import rows_of
from apps.messaging.outbox.rows import Claimed, DestinationAway, Outcome

SHORTEST_HOLD = timedelta(seconds=0.5)
LONGEST_HOLD = timedelta(seconds=15)
ALONE_FOR = timedelta(minutes=10)
"""If younger rows of its destination have been sent for so long, a held row is itself at fault."""
LATELY = timedelta(minutes=1)
RELEASED_AT_ONCE = 1000
"""Of each destination, after each batch."""


def hold(token: str, rows: Collection[Claimed], outcomes: Mapping[int, Outcome]) -> None:
    """Hold the rows whose destination is away, if they have this lease token."""
    alike: dict[tuple[timedelta, str], list[int]] = defaultdict(list)
    for row in rows:
        if isinstance(outcome := outcomes.get(row.id), DestinationAway):
            alike[_pause_after(row.waited or timedelta()), outcome.error].append(row.id)
    for (pause, error), ids in alike.items():
        OutboxMessage.objects.filter(lease_token=token, id__in=ids).update(
            not_before=Now() + pause,
            postponed_since=Coalesce("postponed_since", Now()),
            error=dead_letters.storable(error),
        )


def release(transport: str, destinations: Collection[str], *, but: Collection[int] = ()) -> None:
    """Let the rows be claimed like fresh ones whose destination accepts messages again.

    Each is the first of its key, so order is kept. `but` are rows that were held just now, beside
    others that were sent: they wait. `postponed_since` stays: by it a row that alone is at fault is
    found, however often others of its destination are sent.
    """
    if not rows_of(held_ids, transport, 1):
        return  # The common case, after each batch.
    for destination in destinations:
        # One at a time: so each is a range of the index, in its order.
        ours = held(transport=transport, destination=destination).filter(lease_token="")
        with transaction.atomic():
            free = ours.exclude(id__in=but).select_for_update(skip_locked=True)
            ids = free.order_by("not_before").values_list("id", flat=True)[:RELEASED_AT_ONCE]
            OutboxMessage.objects.filter(id__in=list(ids)).update(not_before=None)


def held(**of: str) -> QuerySet[OutboxMessage]:
    """Return the rows that are held, also those whose hold is over; all or `of` a transport."""
    return OutboxMessage.objects.filter(**of, sent_at=None, dead_at=None, not_before__isnull=False)


def held_ids(transport: str, length: int) -> QuerySet[OutboxMessage, Any]:
    """Build the query of so many of them, to be compiled once."""
    return held(transport=transport).values_list("id")[:length]


def stuck(transport: str, rows: Collection[Claimed], outcomes: Mapping[int, Outcome]) -> list[int]:
    """Return the rows that still wait although younger ones of their destination have been sent for
    ten minutes.

    If none passes them, the destination is away or takes one message at a time, in their order: so
    a full stream does whose oldest messages expire. Then none of its rows is at fault.
    """
    old = [
        row
        for row in rows
        if isinstance(outcomes.get(row.id), DestinationAway)
        and (row.waited or ALONE_FOR) > ALONE_FOR
    ]
    passed = {name for name in {row.destination for row in old} if _passes(transport, name)}
    return [row.id for row in old if row.destination in passed and _is_passed(transport, row)]


def held_by_destination(at_most: int = 20) -> list[dict[str, Any]]:
    """Return `{"transport", "destination", "rows", "oldest_age"}` of each; the age in seconds."""
    found = (
        held()
        .values("transport", "destination")
        .annotate(rows=Count("id"), since=Min("postponed_since"), now=Max(Now()))
    )
    return [
        {
            "transport": each["transport"],
            "destination": each["destination"],
            "rows": each["rows"],
            "oldest_age": round((each["now"] - each["since"]).total_seconds(), 1),
        }
        for each in found.order_by("since")[:at_most]
    ]


def _pause_after(waited: timedelta) -> timedelta:
    """Return the pause in half seconds, so that many rows have few different pauses."""
    quarter = round(waited / 4 / SHORTEST_HOLD) * SHORTEST_HOLD
    return min(max(quarter, SHORTEST_HOLD), LONGEST_HOLD)


def _passes(transport: str, destination: str) -> bool:
    sent = OutboxMessage.objects.filter(sent_at__gt=Now() - LATELY)
    return sent.filter(transport=transport, destination=destination).exists()


def _is_passed(transport: str, row: Claimed) -> bool:
    """Return whether younger rows of its destination are sent, lately and ten minutes ago."""
    younger = OutboxMessage.objects.filter(
        transport=transport, destination=row.destination, id__gt=row.id
    )
    since = Now() - (row.waited or timedelta())
    return (
        younger.filter(sent_at__gt=Now() - LATELY).exists()
        and younger.filter(sent_at__gt=since, sent_at__lte=Now() - ALONE_FOR).exists()
    )
