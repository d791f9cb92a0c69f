"""Transactional outbox, the sending side: claim, publish, mark, with no network in a transaction.

Two lanes, JetStream and SQS, each with its own lease and errors, so that one broker away does
not hold up the other. In order per key, at least once; a repeat carries the same message id.
"""

import asyncio
import logging
import time
from collections.abc import Mapping

from django.db import DatabaseError, InterfaceError

from apps.messaging import seams
from apps.messaging.blocking import unit_of_work
from apps.messaging.life import Life
from apps.messaging.relay_claims import PROBES, claim
from apps.messaging.relay_rows import (
    Claimed,
    DestinationAway,
    Outcome,
    Postponed,
    Publish,
    Sent,
    passing,
)
from apps.messaging.relay_settling import settle

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
LONGEST_PAUSE = 0.5
"""A cluster takes up to nine seconds for a new leader; we are there half a second later."""


class _Probing:
    """When rows that are held back are tried again: at once while some pass, else now and then."""

    def __init__(self) -> None:
        self._rests_until = 0.0

    def at_most(self) -> int:
        return PROBES if time.monotonic() >= self._rests_until else 0

    def note(self, rows: list[Claimed], outcomes: Mapping[int, Outcome]) -> None:
        found = [outcomes.get(row.id) for row in rows if row.waited is not None]
        failed = any(isinstance(each, DestinationAway) for each in found)
        if failed and not any(isinstance(each, Sent) for each in found):
            self._rests_until = time.monotonic() + LONGEST_PAUSE


async def relay_lane(lane: str, publish: Publish, *, life: Life, nudged: asyncio.Event) -> None:
    """Relay one lane's rows until told to stop; woken by a nudge, else by the poll interval."""
    pause, last_error = 0.0, ""
    probing = _Probing()
    while not life.stopping.is_set():
        nudged.clear()
        try:
            count, error = await relay_batch(lane, publish, probing=probing)
        except (DatabaseError, InterfaceError) as away:
            # Also one that reads and does not write: it says so by an InternalError.
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


async def relay_batch(
    lane: str, publish: Publish, *, probing: _Probing | None = None
) -> tuple[int, str]:
    """Relay what can be sent now; return how many were sent and why the lane must wait."""
    probing = probing or _Probing()
    token, rows = await asyncio.to_thread(unit_of_work, claim, lane, probes=probing.at_most())
    if not rows:
        return 0, ""
    if seams.reach("relay.publishing", *passing(rows, lane)):
        outcomes: Mapping[int, Outcome] = {row.id: Postponed("broken on purpose") for row in rows}
    else:
        outcomes = await publish(rows)
    probing.note(rows, outcomes)
    sent = await asyncio.to_thread(unit_of_work, settle, lane, token, rows, outcomes)
    postponed = [each.error for each in outcomes.values() if isinstance(each, Postponed)]
    return sent, postponed[0] if postponed else ""
