"""Claims of the outbox relay: which rows may be sent now, and a lease on them.

Many rows of one key are in one claim. A row waits only for an older row of its key that is dead,
held, leased to another relay, or locked by a transaction that discards it.
"""

import math
import uuid
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import (
    Case,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from apps.messaging import hooks
from apps.messaging.leases import is_free, until
from apps.messaging.models import OutboxMessage
from apps.messaging.outbox import holds
from apps.messaging.outbox.claim_lock import claim_alone
from apps.messaging.outbox.compiled import BEHIND, rows_of
from apps.messaging.outbox.rows import Batch, Claimed, RowLease

BATCH = 500
PROBES = 100
"""At most this many held rows are claimed at once, so that others have room."""
LEASE = timedelta(seconds=15)
LAST_CALL = timedelta(seconds=5)
"""No send begins this shortly before the lease ends, so that each ends within the lease."""

FORMER_NAME = "nats"
"""The former value of `jetstream`. In a rolling deployment, a process of the older version may
record such rows after the migration."""

FIELDS = ("id", "message_id", "transport", "destination", "key", "headers", "body")


def claim(transport: str, *, probes: int = PROBES, behind: str = "") -> Batch:
    """Lease a batch, its rows oldest first.

    All rows of a key up to a blocked one may be among them: the sender keeps their order. At most
    `probes` rows were held, some of each destination, and one of each key. `behind` is the token of
    a batch that this relay is publishing: its rows block no later ones of their keys.
    """
    if not behind and not _is_there_any(transport, probes):
        return Batch("", [])  # The common case, without a write lock.
    token = uuid.uuid4().hex
    lease = RowLease.of(LEASE - LAST_CALL)
    with transaction.atomic():
        claim_alone(transport)
        if _has_former_rows(transport):
            _formerly_named().update(transport=transport)
            return Batch("", [])  # One of them may be older than a row that is selected.
        wanted = _oldest_fresh(transport, behind) + _probes(transport, probes)
        found = _locked(transport, wanted)
        if not found:
            return Batch("", [])
        leased = OutboxMessage.objects.filter(_among({row["id"] for row in found}))
        leased.update(lease_token=token, lease_until=until(LEASE))
    rows = [Claimed(**row, lease=lease) for row in found]
    hooks.reached("relay.claimed", *rows)
    return Batch(token, rows)


def clear_leases() -> None:
    """Free the rows of a dead relay. Call this only when no other relay is running."""
    OutboxMessage.objects.filter(sent_at=None).update(lease_token="", lease_until=None)


def _is_there_any(transport: str, probes: int) -> bool:
    looks = [_free_front, _due_destinations] if probes else [_free_front]
    return any(rows_of(look, transport, 1) for look in looks) or _has_former_rows(transport)


def _has_former_rows(transport: str) -> bool:
    return transport == OutboxMessage.Transport.JETSTREAM and bool(rows_of(_former))


def _oldest_fresh(transport: str, behind: str) -> list[int]:
    """Return free rows that were not tried before, those behind a leased one of their key not.

    What other relays have leased stands in front, up to two batches of each, so it is read too;
    twice as much if that was not enough, up to eight batches.
    """
    for length in (BATCH, 2 * BATCH, 4 * BATCH, 8 * BATCH):
        rows = rows_of(_front, transport, length, behind=behind)
        leased_keys = {key for _, key, is_free in rows if not is_free}
        ids = [id for id, key, _ in rows if key not in leased_keys]
        if len(ids) >= BATCH or len(rows) < length:
            break
    return ids[:BATCH]


def _probes(transport: str, at_most: int) -> list[int]:
    if not at_most:
        return []
    names = [name for (name,) in rows_of(_due_destinations, transport, at_most)]
    return [
        id
        for name in names
        for id in _due(transport)
        .filter(destination=name)
        .order_by("id")
        .values_list("id", flat=True)[: at_most // len(names)]
    ]


def _locked(transport: str, ids: Iterable[int]) -> list[dict[str, Any]]:
    """Lock these rows and read them; leave out the locked ones, and those behind one in its key."""
    wanted = set(ids)
    if not wanted:
        return []
    rows = _free(transport).filter(_among(wanted))
    rows = rows.select_for_update(skip_locked=True, of=("self",))
    waited = ExpressionWrapper(Now() - F("postponed_since"), output_field=DurationField())
    found = list(rows.order_by("id").values(*FIELDS, waited=waited))
    missing = wanted.difference(row["id"] for row in found)
    if not missing:
        return found
    passed_over = OutboxMessage.objects.filter(id__in=missing)
    first = dict(passed_over.values_list("key").annotate(Min("id")))
    return [row for row in found if row["id"] < first.get(row["key"], math.inf)]


def _among(ids: Collection[int]) -> Q:
    """Return the condition for these rows; the range keeps PostgreSQL from reading all.

    Numbers of ours, written out: to pass hundreds of parameters takes longer than the statement.
    """
    numbers = RawSQL(", ".join(map(str, ids)), ())  # noqa: S611 - integers
    return Q(id__in=numbers, id__range=(min(ids), max(ids)))


def _front(transport: str, length: int) -> QuerySet[OutboxMessage, Any]:
    free = Case(When(is_free("lease_until", length=LEASE), then=True), default=False)
    others = _fresh(transport).exclude(lease_token=BEHIND)
    return others.order_by("id").values_list("id", "key", free)[:length]


def _free_front(transport: str, length: int) -> QuerySet[OutboxMessage, Any]:
    free = _fresh(transport).filter(is_free("lease_until", length=LEASE))
    # In order, or PostgreSQL would read the table from its beginning, past all sent rows.
    return free.order_by("id").values_list("id")[:length]


def _due_destinations(transport: str, length: int) -> QuerySet[OutboxMessage, Any]:
    longest_due = _due(transport).values("destination").annotate(since=Min("not_before"))
    return longest_due.order_by("since").values_list("destination")[:length]


def _former() -> QuerySet[OutboxMessage, Any]:
    return _formerly_named().values_list("id")[:1]


def _fresh(transport: str) -> QuerySet[OutboxMessage]:
    """Rows that were not tried before, leased ones too, without an older held or dead row of their
    key."""
    stops = _unsent(transport).filter(Q(not_before__isnull=False) | Q(dead_at__isnull=False))
    older = stops.filter(key=OuterRef("key"), id__lt=OuterRef("id"))
    return _unsent(transport).filter(~Exists(older), not_before=None, dead_at=None)


def _due(transport: str) -> QuerySet[OutboxMessage]:
    """Return rows whose hold is over, each the oldest unsent one of its key.

    A hold that ends later than any hold can was set by a wrong clock.
    """
    wrong = Now() + 2 * holds.LONGEST_HOLD
    older = _unsent(transport).filter(key=OuterRef("key"), id__lt=OuterRef("id"))
    over = Q(not_before__lte=Now()) | Q(not_before__gt=wrong)
    return _free(transport).filter(over, ~Exists(older))


def _formerly_named() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(transport=FORMER_NAME, sent_at=None)


def _free(transport: str) -> QuerySet[OutboxMessage]:
    """Rows that wait and are not leased.

    They are found by their state and never by "id greater than the last": ids commit out of order.
    """
    return _unsent(transport).filter(is_free("lease_until", length=LEASE), dead_at=None)


def _unsent(transport: str) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(transport=transport, sent_at=None)
