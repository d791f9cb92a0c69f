"""Transactional outbox, the sending side: claim, publish, mark, with no network in a transaction.

Two lanes, JetStream and SQS, each with its own lease and errors, so that one broker away does
not hold up the other. In order per key, at least once; a repeat carries the same message id.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from functools import partial

from django.conf import settings

from apps.messaging import hooks
from apps.messaging.attempts import REFUSED
from apps.messaging.blocking import unit_of_work
from apps.messaging.database import forget_connection
from apps.messaging.life import Life
from apps.messaging.outage import Outage
from apps.messaging.relay_claims import PROBES, claim
from apps.messaging.relay_rows import (
    Claimed,
    DestinationAway,
    Outcome,
    Postponed,
    Publish,
    Sent,
)
from apps.messaging.relay_settling import settle
from apps.messaging.time_limits import at_most

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
LONGEST_PAUSE = 0.5
"""A cluster takes up to nine seconds for a new leader; we are there half a second later."""


class _Destinations:
    """Which are away: what the log says of them, and when their rows are tried again.

    At once while some pass, else every half second.
    """

    def __init__(self, lane: str) -> None:
        self._lane = lane
        self._away: dict[str, Outage] = {}
        self._rest_until = 0.0

    def probes(self) -> int:
        return PROBES if time.monotonic() >= self._rest_until else 0

    def note(self, rows: list[Claimed], outcomes: Mapping[int, Outcome]) -> None:
        probed = [outcomes.get(row.id) for row in rows if row.waited is not None]
        if probed and not any(isinstance(each, Sent) for each in probed):
            self._rest_until = time.monotonic() + LONGEST_PAUSE
        for row in rows:
            match outcomes.get(row.id):
                case DestinationAway(error):
                    self._outage(row.destination).met(error)
                case Sent() if row.destination in self._away:
                    self._away.pop(row.destination).over()

    def _outage(self, destination: str) -> Outage:
        if destination not in self._away:
            self._away[destination] = Outage(
                logger,
                begun="destination waits",
                ended="destination goes on",
                lane=self._lane,
                destination=destination,
            )
        return self._away[destination]


async def relay_lane(lane: str, publish: Publish, *, life: Life, nudged: asyncio.Event) -> None:
    """Relay one lane's rows until told to stop; woken by a nudge, else by the poll interval."""
    pause, last_error = 0.0, ""
    destinations = _Destinations(lane)
    while not life.stopping.is_set():
        nudged.clear()
        try:
            count, error = await relay_batch(lane, publish, destinations=destinations)
        except REFUSED as away:
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
    lane: str, publish: Publish, *, destinations: _Destinations | None = None
) -> tuple[int, str]:
    """Relay what can be sent now; return how many were sent and why the lane must wait."""
    destinations = destinations or _Destinations(lane)
    token, rows = await _in_thread(claim, lane, probes=destinations.probes())
    if not rows:
        return 0, ""
    if hooks.skipped("relay.publishing", *rows):
        outcomes: Mapping[int, Outcome] = {row.id: Postponed("broken on purpose") for row in rows}
    else:
        outcomes = await publish(rows)
    destinations.note(rows, outcomes)
    sent = await _in_thread(settle, lane, token, rows, outcomes)
    postponed = [each.error for each in outcomes.values() if isinstance(each, Postponed)]
    return sent, postponed[0] if postponed else ""


async def _in_thread[**P, R](step: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    return await asyncio.to_thread(_on_a_good_connection, partial(step, *args, **kwargs))


def _on_a_good_connection[R](step: Callable[[], R]) -> R:
    try:
        with at_most(settings.LONGEST_TIMES.handler, "a step of the relay"):
            return unit_of_work(step)
    except REFUSED:
        forget_connection()
        raise
