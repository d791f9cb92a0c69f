"""Settling of the outbox relay: sent rows are marked, rows rejected too often are dead letters."""

import logging
from collections.abc import Collection, Mapping

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from apps.messaging import hooks
from apps.messaging.handling import dead_letters
from apps.messaging.models import DeadLetter, OutboxMessage
from apps.messaging.outbox import holds
from apps.messaging.outbox.rows import Claimed, Outcome, Refused, Sent, shown_headers

MAX_TRIES = 5

logger = logging.getLogger(__name__)


def settle(transport: str, token: str, rows: list[Claimed], outcomes: Mapping[int, Outcome]) -> int:
    """Mark sent rows and free the others, with the fencing token; return how many were marked."""
    sent = {id: each for id, each in outcomes.items() if isinstance(each, Sent)}
    left = [row for row in rows if row.id in sent]
    hooks.reached("relay.published", *left, sent=sent)
    refused = {id: each for id, each in outcomes.items() if isinstance(each, Refused)}
    with transaction.atomic():
        ours = OutboxMessage.objects.filter(lease_token=token)
        marked = ours.filter(id__in=sent).update(sent_at=Now(), error="")
        _store_sequences(sent)
        for id, each in refused.items():
            ours.filter(id=id).update(tries=F("tries") + 1, error=dead_letters.storable(each.error))
        holds.hold(token, rows, outcomes)
        ours.filter(sent_at=None).update(lease_token="", lease_until=None)
    hooks.reached("relay.marked", *left, sent=sent)
    if sent:
        holds.release(transport, {row.destination for row in rows if row.id in sent})
    _bury_the_refused(rows, refused)
    _bury(rows, holds.stuck(transport, rows, outcomes))
    if marked < len(sent):
        # Another relay has taken over: it sends them again, and the duplicates are dropped.
        logger.warning("lease lost", extra={"transport": transport, "rows": len(sent) - marked})
    if marked:
        logger.info("relayed", extra={"transport": transport, "messages": marked})
    return marked


def _store_sequences(sent: Mapping[int, Sent]) -> None:
    places = [(each.sequence, id) for id, each in sent.items() if each.sequence is not None]
    if not places:
        return
    table = OutboxMessage._meta.db_table
    with connection.cursor() as cursor:
        # One statement, many rows: psycopg sends them as one pipeline.
        cursor.executemany(f"UPDATE {table} SET stream_sequence = %s WHERE id = %s", places)


def _bury_the_refused(rows: list[Claimed], refused: Mapping[int, Refused]) -> None:
    if refused:
        tried = OutboxMessage.objects.filter(id__in=refused, tries__gte=MAX_TRIES)
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
