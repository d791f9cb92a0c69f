"""The outbox relay's batches: while one is published, the last is marked and the next is claimed.

In turn, the relay would wait for the database while it could publish, and for NATS while it could
claim; side by side, both are at work. Another is claimed behind a full batch, or behind a small one
while a mark is due: a single message waits for nothing more.

Order per key: the next batch may have later rows of keys that are being published. So it is given
back, unpublished, if any row of the batch before it was not sent. Its leases are given back at a
stop too, and after a slow publish: each batch has nearly all of its lease to be sent in.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

from django.conf import settings

from apps.messaging import hooks
from apps.messaging.handling.attempts import DATABASE_ERRORS
from apps.messaging.handling.database import forget_connection
from apps.messaging.outbox import claims
from apps.messaging.outbox.destinations import Destinations
from apps.messaging.outbox.marks import mark
from apps.messaging.outbox.rows import Batch, Outcome, Sent
from apps.messaging.worker.threads import in_pool
from apps.messaging.worker.time_limits import at_most

FRESH_SECONDS = 1.0
"""A batch that was claimed longer ago than this, behind a slow one, is claimed again."""

type Published = tuple[Batch, Mapping[int, Outcome]]


class Batches:
    """The batches of one transport: each is claimed, published by the caller, and marked.

    All raise the errors of a database that is away.
    """

    def __init__(self, transport: str, threads: ThreadPoolExecutor | None = None) -> None:
        """`threads` is where the steps run; those of the event loop, if it is None."""
        self._transport = transport
        self._threads = threads
        self._destinations = Destinations(transport)
        self._published: Published | None = None
        """Published and not marked yet."""
        self._next: asyncio.Future[Batch] | None = None
        """Begins with the mark of what was published."""
        self._next_since = 0.0

    async def claim(self, *, is_woken: bool = False) -> Batch:
        """Return the next batch; without rows if nothing can be sent now.

        `is_woken` is as that of `claims.claim`.
        """
        if time.monotonic() - self._next_since > FRESH_SECONDS:
            await self._give_back()
        batch = await self._claimed_ahead()
        if not batch.rows:
            batch = await self._begin_to_claim(is_woken=is_woken)
        # The mark of what was published is the first half of a claim: so one begins behind a small
        # batch too, if there is something to mark.
        if self._published or (len(batch.rows) >= claims.BATCH and not hooks.may_break()):
            self._next, self._next_since = self._begin_to_claim(behind=batch), time.monotonic()
        return batch

    async def mark(self, batch: Batch, outcomes: Mapping[int, Outcome]) -> int:
        """Mark the sent rows and free the others; return how many were sent.

        While the next batch is claimed already, the mark is stored beside its publish.
        """
        self._destinations.note(batch.rows, outcomes)
        self._published = batch, outcomes
        if self._next and all(isinstance(outcomes.get(row.id), Sent) for row in batch.rows):
            return len(batch.rows)
        await self._give_back()
        return await self._mark_published()

    async def finish(self) -> None:
        """Leave no row leased, and none unmarked that was sent."""
        for step in (self._give_back, self._mark_published):
            with suppress(*DATABASE_ERRORS):  # Then the leases end by themselves.
                await step()

    async def _claimed_ahead(self) -> Batch:
        if not self._next:
            return Batch("", [])
        # Forgotten before the wait: the error of a claim that failed is raised once.
        ahead, self._next = self._next, None
        return await ahead

    async def _give_back(self) -> None:
        """Free the next batch: nothing of it was tried."""
        batch = await self._claimed_ahead()
        if batch.rows:
            await self._step(self._mark, batch, {})

    def _begin_to_claim(
        self, behind: Batch | None = None, *, is_woken: bool = False
    ) -> asyncio.Future[Batch]:
        """Mark what was published, and then claim, possibly behind a batch that is published now.

        Held rows are not claimed behind others of which nothing is known yet.
        """
        is_trial = behind and any(row.waited is not None for row in behind.rows)
        probes = 0 if is_trial else self._destinations.probes()
        token = behind.token if behind else ""
        claim = partial(
            claims.claim, self._transport, probes=probes, behind=token, is_woken=is_woken
        )
        return self._step(self._mark_and_claim, self._take_published(), claim)

    def _mark_and_claim(self, published: Published | None, claim: Callable[[], Batch]) -> Batch:
        # The mark first: a sent row without it is leased, and holds up later ones of its key.
        if published:
            self._mark(*published)
        return claim()

    async def _mark_published(self) -> int:
        published = self._take_published()
        return await self._step(self._mark, *published) if published else 0

    def _take_published(self) -> Published | None:
        # Forgotten before the mark: if that fails, the rows are sent again when their leases end.
        published, self._published = self._published, None
        return published

    def _mark(self, batch: Batch, outcomes: Mapping[int, Outcome]) -> int:
        return mark(self._transport, batch.token, batch.rows, outcomes)

    def _step[**P, R](
        self, step: Callable[P, R], *args: P.args, **kwargs: P.kwargs
    ) -> asyncio.Future[R]:
        return in_pool(self._threads, _on_a_good_connection, partial(step, *args, **kwargs))


def _on_a_good_connection[R](step: Callable[[], R]) -> R:
    try:
        with at_most(settings.LONGEST_TIMES.handler, "a step of the relay", figure=""):
            return step()
    except DATABASE_ERRORS:
        forget_connection()
        raise
