"""Transactional outbox, the sending side: claim, publish, mark, with no network in a transaction.

Two lanes, JetStream and SQS, each with its own lease and errors, so that one broker away does
not hold up the other. In order per key, at least once; a repeat carries the same message id.
"""

import asyncio
import json
import logging
import uuid
from collections.abc import Mapping
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.messaging import dead_letters, seams
from apps.messaging.blocking import unit_of_work
from apps.messaging.life import Life
from apps.messaging.models import DeadLetter, OutboxMessage
from apps.messaging.relay_rows import Claimed, Outcome, Postponed, Publish, Refused, Sent, passing

logger = logging.getLogger(__name__)

BATCH = 500
LEASE = timedelta(seconds=15)
POLL_SECONDS = 1.0
MAX_TRIES = 5
LONGEST_PAUSE = 0.5
"""A cluster takes up to nine seconds for a new leader; we are there half a second later."""


async def relay_lane(lane: str, publish: Publish, *, life: Life, nudged: asyncio.Event) -> None:
    """Relay one lane's rows until told to stop; woken by a nudge, else by the poll interval."""
    pause, last_error = 0.0, ""
    while not life.stopping.is_set():
        nudged.clear()
        try:
            count, error = await relay_batch(lane, publish)
        except (OperationalError, InterfaceError) as away:
            count, error = 0, f"database away: {away}"
        life.step()
        if error != last_error:
            level, news = (logging.WARNING, "waits") if error else (logging.INFO, "goes on")
            logger.log(level, f"lane {news}", extra={"lane": lane, "error": error})
        last_error = error
        pause = min(max(pause * 2, 0.2), LONGEST_PAUSE) if error else 0.0
        if error:
            await life.pause(pause)
        elif not count:
            await _idle(nudged, life)


async def _idle(nudged: asyncio.Event, life: Life) -> None:
    waits = [asyncio.create_task(each.wait()) for each in (nudged, life.stopping)]
    await asyncio.wait(waits, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    for each in waits:
        each.cancel()


async def relay_batch(lane: str, publish: Publish) -> tuple[int, str]:
    """Relay what can be sent now; return how many were sent and why the others must wait."""
    token, rows = await asyncio.to_thread(unit_of_work, claim, lane)
    if not rows:
        return 0, ""
    if seams.reach("relay.publishing", *passing(rows, lane)):
        outcomes: Mapping[int, Outcome] = {row.id: Postponed("broken on purpose") for row in rows}
    else:
        outcomes = await publish(rows)
    sent = await asyncio.to_thread(unit_of_work, settle, lane, token, rows, outcomes)
    postponed = [each.error for each in outcomes.values() if isinstance(each, Postponed)]
    return sent, postponed[0] if postponed else ""


def claim(lane: str) -> tuple[str, list[Claimed]]:
    """Lease a batch; return the fencing token and the rows, oldest first, one per key."""
    if not _claimable(lane).exists():
        return "", []  # The common case, without a write lock.
    token = uuid.uuid4().hex
    with transaction.atomic():
        ids = list(
            _claimable(lane)
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("id")
            .values_list("id", flat=True)[:BATCH]
        )
        claimed = OutboxMessage.objects.filter(id__in=ids)
        claimed.update(lease_token=token, lease_until=timezone.now() + LEASE)
    fields = ("id", "message_id", "destination", "key", "headers", "body")
    rows = [Claimed(**row) for row in claimed.order_by("id").values(*fields)]
    seams.reach("relay.claimed", *passing(rows, lane))
    return token, rows


def clear_leases() -> None:
    """Free what a dead relay held; only for who knows that there is no other relay."""
    OutboxMessage.objects.filter(sent_at=None).update(lease_token="", lease_until=None)


def _claimable(lane: str) -> QuerySet[OutboxMessage]:
    """Unsent, not leased, and nothing older of the same key is unsent (a dead row holds its key).

    By state and never by "id greater than the last": ids commit out of order.
    """
    unsent = OutboxMessage.objects.filter(lane=lane, sent_at=None)
    older = unsent.filter(key=OuterRef("key"), id__lt=OuterRef("id"))
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    return unsent.filter(free, ~Exists(older), dead_at=None)


def settle(lane: str, token: str, rows: list[Claimed], outcomes: Mapping[int, Outcome]) -> int:
    """Mark what was sent and free the rest, under the token; return how many were marked."""
    sent = {id: each for id, each in outcomes.items() if isinstance(each, Sent)}
    left = passing(rows, lane, sent)
    seams.reach("relay.published", *left)
    refused = {id: each for id, each in outcomes.items() if isinstance(each, Refused)}
    with transaction.atomic():
        ours = OutboxMessage.objects.filter(lease_token=token)
        marked = ours.filter(id__in=sent).update(sent_at=timezone.now(), error="")
        _store_sequences(sent)
        for id, each in refused.items():
            ours.filter(id=id).update(tries=F("tries") + 1, error=each.error)
        ours.filter(sent_at=None).update(lease_token="", lease_until=None)
    seams.reach("relay.marked", *left)
    _bury_the_refused([row for row in rows if row.id in refused])
    if marked < len(sent):
        # Another relay has taken over: it sends them again, and the duplicates are dropped.
        logger.warning("lease lost", extra={"lane": lane, "rows": len(sent) - marked})
    if marked:
        logger.info("relayed", extra={"lane": lane, "messages": marked})
    return marked


def _store_sequences(sent: Mapping[int, Sent]) -> None:
    places = [(each.sequence, id) for id, each in sent.items() if each.sequence is not None]
    if not places:
        return
    table = OutboxMessage._meta.db_table
    with connection.cursor() as cursor:
        # One statement, many rows: psycopg sends them as one pipeline.
        cursor.executemany(f"UPDATE {table} SET stream_sequence = %s WHERE id = %s", places)


def _bury_the_refused(rows: list[Claimed]) -> None:
    dead = OutboxMessage.objects.filter(
        id__in=[row.id for row in rows], tries__gte=MAX_TRIES, dead_at=None
    )
    for row in dead:
        dead_letters.bury(
            transport=DeadLetter.Transport.OUTBOX,
            consumer="outbox_relay",
            message_id=str(row.message_id),
            destination=row.destination,
            reason=row.error,
            body=row.body,
            headers=json.loads(row.headers),
            attempts=row.tries,
        )
    dead.update(dead_at=timezone.now())
