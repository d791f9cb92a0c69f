"""Claims of the outbox relay: rows are leased, sent, and marked under the token of the lease."""

import logging
import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import DurationField, Exists, ExpressionWrapper, F, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from apps.messaging import hooks
from apps.messaging.handling import dead_letters
from apps.messaging.leases import is_free, until
from apps.messaging.models import DeadLetter, OutboxMessage
from apps.messaging.outbox import holds
from apps.messaging.outbox.rows import Claimed, Outcome, Rejected, RowLease, Sent, shown_headers

logger = logging.getLogger(__name__)

BATCH = 500
PROBES = 100
"""At most this many held rows are claimed at once, so that others have room."""
LEASE = timedelta(seconds=15)
LAST_CALL = timedelta(seconds=5)
"""No send begins this shortly before the lease ends, so that each ends within the lease."""

MAX_TRIES = 5
"""A row that its broker has rejected so often is a dead letter."""

FORMER_NAME = "nats"
"""The former value of `jetstream`. In a rolling deployment, a process of the older version may
record such rows after the migration."""


def claim(transport: str, *, probes: int = PROBES) -> tuple[str, list[Claimed]]:
    """Lease a batch; return the fencing token and the rows, oldest first, one per key.

    At most `probes` of them are rows that were held, some of each destination.
    """
    if not (
        _fresh(transport).exists()
        or (probes and _due(transport).exists())
        or _formerly_named(transport).exists()
    ):
        return "", []  # The common case, without a write lock.
    token = uuid.uuid4().hex
    lease = RowLease.of(LEASE - LAST_CALL)
    with transaction.atomic():
        ids = _locked(_fresh(transport), BATCH) + _probes(transport, probes)
        if _formerly_named(transport).update(transport=transport):
            return "", []  # One of them may be older than a row that was selected.
        claimed = OutboxMessage.objects.filter(id__in=ids)
        claimed.update(lease_token=token, lease_until=until(LEASE))
    fields = ("id", "message_id", "transport", "destination", "key", "headers", "body")
    waited = ExpressionWrapper(Now() - F("postponed_since"), output_field=DurationField())
    found = claimed.order_by("id").values(*fields, waited=waited)
    rows = [replace(Claimed(**row), lease=lease) for row in found]
    hooks.reached("relay.claimed", *rows)
    return token, rows


def mark(transport: str, token: str, rows: list[Claimed], outcomes: Mapping[int, Outcome]) -> int:
    """Mark sent rows and free the others, with the fencing token; return how many were marked."""
    sent = {id: each for id, each in outcomes.items() if isinstance(each, Sent)}
    left = [row for row in rows if row.id in sent]
    hooks.reached("relay.published", *left, sent=sent)
    rejected = {id: each for id, each in outcomes.items() if isinstance(each, Rejected)}
    with transaction.atomic():
        ours = OutboxMessage.objects.filter(lease_token=token)
        marked = ours.filter(id__in=sent).update(sent_at=Now(), error="")
        _store_sequences(sent)
        for id, each in rejected.items():
            ours.filter(id=id).update(tries=F("tries") + 1, error=dead_letters.storable(each.error))
        holds.hold(token, rows, outcomes)
        ours.filter(sent_at=None).update(lease_token="", lease_until=None)
    hooks.reached("relay.marked", *left, sent=sent)
    if sent:
        holds.release(transport, {row.destination for row in rows if row.id in sent})
    _bury_rejected(rows, rejected)
    _bury(rows, holds.stuck(transport, rows, outcomes))
    if marked < len(sent):
        # Another relay has taken over: it sends them again, and the duplicates are dropped.
        logger.warning("lease lost", extra={"transport": transport, "rows": len(sent) - marked})
    if marked:
        logger.info("relayed", extra={"transport": transport, "messages": marked})
    return marked


def clear_leases() -> None:
    """Free the rows of a dead relay. Call this only when no other relay is running."""
    OutboxMessage.objects.filter(sent_at=None).update(lease_token="", lease_until=None)


def _locked(rows: QuerySet[OutboxMessage], at_most: int) -> list[int]:
    # Skip rows that another relay is claiming: they are leased when its transaction ends.
    free = rows.select_for_update(skip_locked=True, of=("self",))
    return list(free.order_by("id").values_list("id", flat=True)[:at_most])


def _probes(transport: str, at_most: int) -> list[int]:
    if not at_most:
        return []
    longest_due = _due(transport).values("destination").annotate(since=Min("not_before"))
    destinations = longest_due.order_by("since").values_list("destination", flat=True)[:at_most]
    names = list(destinations)
    return [
        id
        for name in names
        for id in _locked(_due(transport).filter(destination=name), at_most // len(names))
    ]


def _fresh(transport: str) -> QuerySet[OutboxMessage]:
    return claimable(transport).filter(not_before=None)


def _due(transport: str) -> QuerySet[OutboxMessage]:
    """Return rows whose hold is over.

    A hold that ends later than any hold can was set by a wrong clock.
    """
    wrong = Now() + 2 * holds.LONGEST_HOLD
    return claimable(transport).filter(Q(not_before__lte=Now()) | Q(not_before__gt=wrong))


def _formerly_named(transport: str) -> QuerySet[OutboxMessage]:
    if transport != OutboxMessage.Transport.JETSTREAM:
        return OutboxMessage.objects.none()
    return OutboxMessage.objects.filter(transport=FORMER_NAME, sent_at=None)


def claimable(transport: str) -> QuerySet[OutboxMessage]:
    """Rows that are unsent and not leased, without an unsent older row of the same key.

    A dead row holds its key. Rows are found by their state and never by "id greater than the last":
    ids commit out of order.
    """
    unsent = OutboxMessage.objects.filter(transport=transport, sent_at=None)
    older = unsent.filter(key=OuterRef("key"), id__lt=OuterRef("id"))
    return unsent.filter(is_free("lease_until", length=LEASE), ~Exists(older), dead_at=None)


def _store_sequences(sent: Mapping[int, Sent]) -> None:
    places = [(each.sequence, id) for id, each in sent.items() if each.sequence is not None]
    if not places:
        return
    table = OutboxMessage._meta.db_table
    with connection.cursor() as cursor:
        # One statement, many rows: psycopg sends them as one pipeline.
        cursor.executemany(f"UPDATE {table} SET stream_sequence = %s WHERE id = %s", places)


def _bury_rejected(rows: list[Claimed], rejected: Mapping[int, Rejected]) -> None:
    if rejected:
        tried = OutboxMessage.objects.filter(id__in=rejected, tries__gte=MAX_TRIES)
        _bury(rows, tried.values_list("id", flat=True))


def _bury(rows: list[Claimed], ids: Collection[int]) -> None:
    claimed = {row.id: row for row in rows}
    for row in OutboxMessage.objects.filter(id__in=ids, sent_at=None, dead_at=None):
        given_up = dead_letters.GivenUp(
            transport=DeadLetter.Transport.OUTBOX,
            consumer="outbox_relay",
            message_id=str(row.message_id),
            destination=row.destination,
            body=row.body,
            headers=shown_headers(claimed[row.pk]),
        )
        dead_letters.bury(given_up, reason=row.error, attempts=max(row.tries, 1))
        OutboxMessage.objects.filter(pk=row.pk).update(dead_at=Now())
