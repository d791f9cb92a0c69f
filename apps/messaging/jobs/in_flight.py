"""The jobs that one process has in flight: a heartbeat hides them; they are deleted when done.

If the worker dies, SQS delivers its jobs again when their visibility timeout is over.
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import batched

from django.conf import settings

from apps.messaging.brokers.sqs import BATCH
from apps.messaging.errors import BrokerAway
from apps.messaging.handling.judging import message_at
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.receipts import change_visibility, delete, extend
from apps.messaging.worker.outage import Outage
from apps.messaging.worker.threads import KeptThreads, in_thread
from apps.messaging.worker.time_limits import Work

logger = logging.getLogger(__name__)

DELETE_AFTER_SECONDS = 0.2
BEATS = 3
"""Heartbeats within a visibility timeout; after a failed one, the interval is halved."""


class JobsInFlight:
    """The jobs in flight, by SQS's id and with the newest receipt handle of each."""

    def __init__(self) -> None:
        self._jobs: dict[str, ReceivedJob] = {}
        self._done: list[ReceivedJob] = []
        self._any_done, self._batch_done = asyncio.Event(), asyncio.Event()
        self._deleting = asyncio.Lock()
        self._in_thread = in_thread
        self._unheard = Outage(logger, begun="heartbeat failed", ended="heartbeat goes on")

    def take(self, job: ReceivedJob) -> bool:
        """Add a job. Return False if this process has it in flight already."""
        known = self._jobs.get(job.sqs_id)
        self._jobs[job.sqs_id] = replace(job, lease=known.lease) if known else job
        return known is None

    async def keep_hidden(self) -> None:
        """Run the heartbeat: hide all jobs in flight for longer, before their time is over."""
        beats = BEATS
        while True:
            await asyncio.sleep(settings.SQS_VISIBILITY_TIMEOUT / beats)
            # At once: a silent SQS takes its longest time for each.
            batches = batched(self.held(), BATCH)
            extended = await asyncio.gather(*[self._extend(batch) for batch in batches])
            beats = BEATS if all(extended) else 2 * BEATS

    async def _extend(self, jobs: Sequence[ReceivedJob]) -> bool:
        """Return whether SQS has answered."""
        try:
            lost = await in_thread(partial(extend, jobs))
        except BrokerAway as error:
            self._unheard.met(str(error))
            return False
        self._unheard.over()
        for job in lost:
            # Deleted, given back or received again in the meantime is not lost.
            if self._jobs.get(job.sqs_id) is job:
                del self._jobs[job.sqs_id]
                job.lease.lose()
                logger.warning("job lost", extra={"message_id": job.message_id})
        return True

    def done(self, job: ReceivedJob) -> None:
        """Delete the job soon, together with others, unless its lease was lost."""
        self._done.append(job)
        self._any_done.set()
        if len(self._done) >= BATCH:
            self._batch_done.set()

    async def keep_deleting(self) -> None:
        """Delete jobs soon after they are done: ten at once, or those of a moment together."""
        with self._thread_kept():
            while True:
                await self._any_done.wait()
                try:
                    await asyncio.wait_for(self._batch_done.wait(), DELETE_AFTER_SECONDS)
                except TimeoutError:
                    await self.delete_done()
                else:
                    await self.delete_done(only_by=BATCH)

    @contextmanager
    def _thread_kept(self) -> Iterator[None]:
        """Delete in one thread: the event loop stands still for the start of a new one."""
        threads = KeptThreads(1, name="delete")
        self._in_thread = threads.run
        try:
            yield
        finally:
            self._in_thread = in_thread
            threads.end()

    async def delete_done(self, *, only_by: int = 1) -> None:
        """Delete jobs that are done; those that SQS does not delete now are tried again later.

        `only_by`: leave the last ones that make no whole batch of so many.
        """
        # At the stop the last of these waits here for one that is still under way.
        async with self._deleting:
            count = len(self._done) // only_by * only_by
            done, self._done = self._done[:count], self._done[count:]
            self._batch_done.clear()
            if not self._done:
                self._any_done.clear()
            for batch in batched(self._newest(done), BATCH):
                await self._delete(batch)

    async def _delete(self, jobs: Sequence[ReceivedJob]) -> None:
        try:
            again = await self._in_thread(partial(delete, jobs))
        except BrokerAway:
            again = list(jobs)
        if again:
            self._done += again
            self._any_done.set()
        for job in jobs:
            if job not in again:
                self._jobs.pop(job.sqs_id, None)

    async def give_back(self, jobs: Sequence[ReceivedJob], *, seconds: int) -> None:
        """Let other workers receive the jobs after `seconds`."""
        newest = self._newest(jobs)
        for job in newest:
            del self._jobs[job.sqs_id]
        for batch in batched(newest, BATCH):
            try:
                await in_thread(partial(change_visibility, batch, seconds=seconds))
            except BrokerAway as error:
                # SQS delivers them again in any case, only earlier or later.
                logger.warning("not given back", extra={"jobs": len(batch), "error": str(error)})

    async def give_back_others(self, hung: Sequence[Work]) -> None:
        """Give all but the hanging jobs back; those stay hidden until their time is over."""
        hanging = {work.message for work in hung}
        await self.delete_done()
        others = [job for job in self.held() if message_at(job) not in hanging]
        await self.give_back(others, seconds=0)

    def _newest(self, jobs: Sequence[ReceivedJob]) -> list[ReceivedJob]:
        """Return the jobs whose lease is still held, each with its newest receipt handle.

        This process may have received a lost job again meanwhile, under another lease.
        """
        held = [(job, self._jobs.get(job.sqs_id)) for job in jobs]
        return [ours for job, ours in held if ours and ours.lease is job.lease]

    def held(self) -> list[ReceivedJob]:
        """Return all that is in flight: waiting, begun, and done but not deleted yet."""
        return list(self._jobs.values())
