"""The outbox relay's marks: what became of each claimed row, stored under the lease's token."""

import logging
from collections.abc import Collection, Mapping

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from apps.messaging import hooks
from apps.messaging.handling import dead_letters
from apps.messaging.models import DeadLetter, OutboxMessage
from apps.messaging.outbox import holds
from apps.messaging.outbox.rows import (
    Claimed,
    DestinationAway,
    Outcome,
    Rejected,
    Sent,
    shown_headers,
)

logger = logging.getLogger(__name__)

MAX_TRIES = 5
"""A row that its broker has rejected so often is a dead letter."""


def mark(transport: str, token: str, rows: list[Claimed], outcomes: Mapping[int, Outcome]) -> int:
    """Mark sent rows and free the others, with the fencing token; return how many were marked."""
    sent = {id: each for id, each in outcomes.items() if isinstance(each, Sent)}
    left = [row for row in rows if row.id in sent]
    hooks.reached("relay.published", *left, sent=sent, outcomes=(transport, outcomes))
    rejected = {id: each for id, each in outcomes.items() if isinstance(each, Rejected)}
    with transaction.atomic():
        marked = _mark_sent(token, sent)
        if marked < len(rows):
            ours = OutboxMessage.objects.filter(lease_token=token, sent_at=None)
            for id, each in rejected.items():
                error = dead_letters.storable(each.error)
                ours.filter(id=id).update(tries=F("tries") + 1, error=error)
            holds.hold(token, rows, outcomes)
            ours.filter(id__in=[row.id for row in rows]).update(lease_token="", lease_until=None)
    hooks.reached("relay.marked", *left, sent=sent)
    if sent:
        away = [id for id, each in outcomes.items() if isinstance(each, DestinationAway)]
        holds.release(transport, {row.destination for row in left}, but=away)
    _bury_rejected(rows, rejected)
    _bury(rows, holds.stuck(transport, rows, outcomes))
    if marked < len(sent):
        # Another relay has taken over: it sends them again, and the duplicates are dropped.
        logger.warning("lease lost", extra={"transport": transport, "rows": len(sent) - marked})
    if marked:
        logger.info("relayed", extra={"transport": transport, "messages": marked})
    return marked


def _mark_sent(token: str, sent: Mapping[int, Sent]) -> int:
    """Store that these rows are sent, each with its sequence, in one statement."""
    if not sent:
        return 0
    table = OutboxMessage._meta.db_table
    # Numbers of ours, written out: a thousand parameters take longer than the statement.
    places = ", ".join(
        f"({id:d}, {'NULL' if each.sequence is None else format(each.sequence, 'd')})"
        for id, each in sent.items()
    )
    now, _ = OutboxMessage.objects.all().query.get_compiler(DEFAULT_DB_ALIAS).compile(Now())
    with connection.cursor() as cursor:
        # PostgreSQL and SQLite both call the columns of VALUES so.
        cursor.execute(
            f"UPDATE {table} SET sent_at = {now}, error = '',"
            " stream_sequence = CAST(column2 AS bigint)"
            f" FROM (VALUES {places}) AS places WHERE id = column1 AND lease_token = %s"
            # Without the range PostgreSQL may read the whole table for it.
            " AND id BETWEEN %s AND %s",
            [token, min(sent), max(sent)],
        )
        marked: int = cursor.rowcount
    return marked


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
