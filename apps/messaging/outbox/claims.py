"""Claims of the outbox relay: which rows may be sent now, and a lease on them.

Many rows of one key are in one claim. A row waits only for an older row of its key that is dead,
held, leased to another relay, or locked by a transaction that discards it.
"""

import uuid
from datetime import timedelta
from itertools import chain, islice
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Now

from apps.messaging import hooks
from apps.messaging.leases import is_free
from apps.messaging.models import OutboxMessage
from apps.messaging.outbox import holds
from apps.messaging.outbox.claim_lock import claim_alone
from apps.messaging.outbox.compiled import BEHIND, Build, have_rows, rows_of
from apps.messaging.outbox.leasing import leased
from apps.messaging.outbox.rows import Batch, RowLease

BATCH = 500
PROBES = 100
"""At most this many held rows are claimed at once, so that others have room."""
LEASE = timedelta(seconds=15)
LAST_CALL = timedelta(seconds=5)
"""No send begins this shortly before the lease ends, so that each ends within the lease."""

FORMER_NAME = "nats"
"""The former value of `jetstream`. In a rolling deployment, a process of the older version may
record such rows after the migration."""


class _Seen(NamedTuple):
    """Which rows there are to claim."""

    fresh: bool = False
    due: bool = False
    """Held rows whose hold is over."""
    former: bool = False
    """Rows with the former name of the transport."""


def claim(
    transport: str, *, probes: int = PROBES, behind: str = "", is_woken: bool = False
) -> Batch:
    """Lease a batch, its rows oldest first.

    All rows of a key up to a blocked one may be among them: the sender keeps their order. At most
    `probes` rows are held, some of each destination, and one of each key. `behind` is the token of
    a batch that this relay is publishing: its rows block no later ones of their keys. `is_woken`
    says that a row was recorded just now: then no look comes before the claim, for held rows too.
    """
    if is_woken or behind:
        seen = _Seen(fresh=True, due=bool(probes) and not is_woken)
    else:
        seen = _look(transport, probes)
    if not any(seen):
        return Batch("", [])  # The common case, without a write lock.
    token = uuid.uuid4().hex
    with transaction.atomic():
        claim_alone(transport)
        wanted, has_former = _oldest_fresh(transport, behind)
        if has_former or seen.former:
            _formerly_named().update(transport=transport)
            return Batch("", [])  # One of them may be older than a row that is selected.
        if seen.due:
            wanted += _probes(transport, probes)
        if not wanted:
            return Batch("", [])
        lease = RowLease.of(LEASE - LAST_CALL)  # Not before: however long the look took.
        rows = leased(_free_ids, transport, wanted, token=token, length=LEASE, lease=lease)
    if not rows:
        return Batch("", [])
    hooks.reached("relay.claimed", *rows)
    return Batch(token, rows)


def clear_leases() -> None:
    """Free the rows of a dead relay. Call this only when no other relay is running."""
    OutboxMessage.objects.filter(sent_at=None).update(lease_token="", lease_until=None)


def _look(transport: str, probes: int) -> _Seen:
    looks: dict[str, Build] = {"fresh": _free_front}
    if probes:
        looks["due"] = holds.held_ids
    if transport == OutboxMessage.Transport.JETSTREAM:
        looks["former"] = _former
    found = have_rows([*looks.values()], transport)
    seen = _Seen(**dict(zip(looks, found, strict=True)))
    return seen._replace(due=bool(_probes(transport, 1))) if seen.due else seen


def _oldest_fresh(transport: str, behind: str) -> tuple[list[int], bool]:
    """Return free rows that were not tried before, those behind a leased one of their key not.

    What other relays have leased stands in front, up to two batches of each, so it is read too;
    twice as much if that was not enough, up to eight batches. The second value is whether there
    are rows with the transport's former name beside them.
    """
    for length in (BATCH, 2 * BATCH, 4 * BATCH, 8 * BATCH):
        rows = rows_of(_front, transport, length, behind=behind)
        leased_keys = {key for _, key, is_free, _ in rows if not is_free}
        ids = [id for id, key, *_ in rows if key not in leased_keys]
        if len(ids) >= BATCH or len(rows) < length:
            break
    return ids[:BATCH], any(has_former for *_, has_former in rows)


def _probes(transport: str, at_most: int) -> list[int]:
    """Return due rows of the destinations that are due for the longest time.

    Destinations are found by steps of the index: a group of all due rows would read each of them.
    """
    held = (
        holds.held(transport=transport)
        .order_by("destination")
        .values_list("destination", flat=True)
    )
    found, name = [], held.first()
    while name is not None:
        found += [rows] if (rows := _due(transport, name, at_most)) else []
        name = held.filter(destination__gt=name).first()
    chosen = sorted(found)[:at_most]
    return [id for rows in chosen for _, id in rows[: at_most // len(chosen)]]


def _front(transport: str, length: int) -> QuerySet[OutboxMessage, Any]:
    free = Case(When(is_free("lease_until", length=LEASE), then=True), default=False)
    others = _fresh(transport).exclude(lease_token=BEHIND)
    # In this query, since only so no row is recorded between the two looks.
    is_jetstream = transport == OutboxMessage.Transport.JETSTREAM
    has_former = Exists(_formerly_named()) if is_jetstream else Value(value=False)
    return others.order_by("id").values_list("id", "key", free, has_former)[:length]


def _free_front(transport: str, length: int) -> QuerySet[OutboxMessage, Any]:
    free = _fresh(transport).filter(is_free("lease_until", length=LEASE))
    # In order, or PostgreSQL would read the table from its beginning, past all sent rows.
    return free.order_by("id").values_list("id")[:length]


def _free_ids(transport: str) -> QuerySet[OutboxMessage, Any]:
    return _free(transport).values_list("id")


def _former(transport: str, length: int) -> QuerySet[OutboxMessage, Any]:
    return _formerly_named().values_list("id")[:length]


def _fresh(transport: str) -> QuerySet[OutboxMessage]:
    """Rows that were not tried before, leased ones too, without an older held or dead row of their
    key."""
    stops = _unsent(transport).filter(Q(not_before__isnull=False) | Q(dead_at__isnull=False))
    older = stops.filter(key=OuterRef("key"), id__lt=OuterRef("id"))
    return _unsent(transport).filter(~Exists(older), not_before=None, dead_at=None)


def _due(transport: str, destination: str, length: int) -> list[tuple[Any, int]]:
    """Return the end and the id of holds that are over, each of the oldest unsent row of its key.

    A hold that ends later than any hold can was set by a wrong clock. Each of the two queries reads
    a range of the index.
    """
    wrong = Now() + 2 * holds.LONGEST_HOLD
    older = _unsent(transport).filter(key=OuterRef("key"), id__lt=OuterRef("id"))
    first = _free(transport).filter(~Exists(older), destination=destination).order_by("not_before")
    over = (first.filter(not_before__lte=Now()), first.filter(not_before__gt=wrong))
    ends = (rows.values_list("not_before", "id")[:length] for rows in over)
    return [*islice(chain.from_iterable(ends), length)]


def _formerly_named() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(transport=FORMER_NAME, sent_at=None)


def _free(transport: str) -> QuerySet[OutboxMessage]:
    """Rows that wait and are not leased.

    They are found by their state and never by "id greater than the last": ids commit out of order.
    """
    return _unsent(transport).filter(is_free("lease_until", length=LEASE), dead_at=None)


def _unsent(transport: str) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(transport=transport, sent_at=None)
