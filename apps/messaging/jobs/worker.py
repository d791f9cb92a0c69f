"""SQS, the receiving side: long poll, process, delete; at least once, so repeats must be harmless.

`working` is the loop, `in_flight` keeps the receipts, `delivery` calls the handler.
"""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from django.conf import settings

from apps.messaging import hooks
from apps.messaging.backoff import backoff
from apps.messaging.brokers.sqs import BATCH, QueueGone
from apps.messaging.errors import BrokerAway
from apps.messaging.handling.brake import Brake, Braked, wait_out
from apps.messaging.handling.database import DatabaseAway, ask_whether_it_takes_writes
from apps.messaging.handling.verdicts import Ack, Reject, Retry, Verdict
from apps.messaging.jobs.delivery import Handler, ReceivedJob, deliver
from apps.messaging.jobs.in_flight import JobsInFlight
from apps.messaging.jobs.job_queue import JobQueue, make_again
from apps.messaging.jobs.receipts import receive
from apps.messaging.worker.lifecycle import Worker
from apps.messaging.worker.outage import Outage
from apps.messaging.worker.threads import in_thread

logger = logging.getLogger(__name__)

STOP_SECONDS = 7.0
"""Below the runner's grace. A long poll that outlasts it may hide a job for one timeout."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 2.0
REST_SECONDS = 1.0
"""Seconds between two attempts at a poll that is skipped on purpose."""


def working(
    queue: JobQueue, handle: Handler, *, concurrency: int = 2
) -> Callable[[Worker], Awaitable[None]]:
    """Return a worker's loop: `concurrency` jobs at once, in threads. `Handler` has the rules."""

    async def loop(worker: Worker) -> None:
        await _Working(queue, handle, concurrency, worker).run()

    return loop


class _Working:
    """One process at one queue: a poller, and a slot for each job that may run at once."""

    def __init__(self, queue: JobQueue, handle: Handler, concurrency: int, worker: Worker) -> None:
        self.queue, self.handle, self.concurrency, self.worker = queue, handle, concurrency, worker
        self.in_flight = JobsInFlight()
        self.waiting: asyncio.Queue[ReceivedJob] = asyncio.Queue()
        self.begun: dict[ReceivedJob, float] = {}
        worker.give_back = self.in_flight.give_back_others
        self.brake = Brake(queue.name)
        self.slot_free = asyncio.Event()
        self.seconds_a_job = 1.0
        self.database_away = False
        self.outage = Outage(
            logger, begun="polling pauses", ended="polling goes on", queue=queue.name
        )
        self.stop_by = math.inf

    async def run(self) -> None:
        """Poll until the worker stops, then finish the received jobs or give them back."""
        async with asyncio.TaskGroup() as group:
            helpers = [self._slot() for _ in range(self.concurrency)]
            helpers += [self.in_flight.keep_hidden(), self.in_flight.keep_deleting()]
            tasks = [group.create_task(helper) for helper in helpers]
            await self._receive_until_stopped()
            await self._stop()
            for task in tasks:
                task.cancel()

    async def _receive_until_stopped(self) -> None:
        while await self._may_receive():
            try:
                jobs = await self._poll()
            except (BrokerAway, DatabaseAway) as error:
                await self._say_away(error)
                pause = backoff(
                    self.outage.tries, first=FIRST_PAUSE_SECONDS, longest=LONGEST_PAUSE_SECONDS
                )
                await self.worker.sleep(pause)
            else:
                self._say_back()
                for job in jobs:
                    if self.in_flight.take(job):
                        self.waiting.put_nowait(job)

    async def _may_receive(self) -> bool:
        """Wait until the brake allows a job, and a slot is free; False once it is time to stop."""
        while not self.worker.stopping.is_set():
            await wait_out(self.brake, self.worker)
            if self.waiting.qsize() + len(self.begun) < self.brake.at_most(self.concurrency):
                return True
            self.slot_free.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.slot_free.wait(), 0.5)
            self.worker.step()
        return False

    async def _poll(self) -> list[ReceivedJob]:
        """Poll for jobs that can begin within a second. At a stop, wait for the poll briefly."""
        if self.database_away and not await ask_whether_it_takes_writes():
            raise DatabaseAway
        self.database_away = False
        if await in_thread(partial(hooks.skipped, "job.polling")):
            await self.worker.sleep(REST_SECONDS)
            return []
        free = self.concurrency - len(self.begun)
        poll = in_thread(
            partial(
                receive,
                self.queue.name,
                at_most=self.brake.at_most(max(1, min(BATCH, int(free / self.seconds_a_job)))),
                wait_seconds=settings.SQS_WAIT_SECONDS,
            )
        )
        while not poll.done() and self._seconds_left() > 0:
            await asyncio.wait({poll}, timeout=0.5)
            self.worker.step()
        return await poll if poll.done() else []

    async def _slot(self) -> None:
        """Handle one job after the other; after the stop or in a pause, give received jobs back."""
        while True:
            job = await self.waiting.get()
            if self.worker.stopping.is_set() or self.brake.seconds_left:
                await self.in_flight.give_back([job], seconds=0)
            else:
                await self._do(job)
            self.waiting.task_done()
            self.slot_free.set()

    async def _do(self, job: ReceivedJob) -> None:
        self.begun[job] = started = time.monotonic()
        try:
            verdict = await in_thread(partial(deliver, self.queue, self.handle, job))
        except DatabaseAway as error:
            # Not the job's fault: hide it for a while, and do not poll until the database is back.
            self.database_away = True
            await self._say_away(error)
            verdict = Retry(self.queue.retry_seconds)
        finally:
            del self.begun[job]
        self.seconds_a_job += 0.3 * (time.monotonic() - started - self.seconds_a_job)
        self.worker.step()
        with suppress(Braked):  # The poller pauses, and the slots give back.
            self.brake.judged(self.queue.name, job.sqs_id, verdict)
        await self._settle(job, verdict)

    async def _settle(self, job: ReceivedJob, verdict: Verdict) -> None:
        """Tell SQS; if it is away, the job is redelivered. `NotOurs` is settled elsewhere."""
        match verdict:
            case Ack() | Reject():
                self.in_flight.done(job)  # Deleted soon, with others: after the effect, not before.
            case Retry(delay):
                await self.in_flight.give_back([job], seconds=round(delay))

    async def _say_away(self, error: BrokerAway | DatabaseAway) -> None:
        self.worker.not_ready()
        self.outage.met(str(error) or type(error).__name__)
        if isinstance(error, QueueGone):
            await in_thread(partial(make_again, self.queue))

    def _say_back(self) -> None:
        if not self.database_away:
            self.outage.over()
            self.worker.ready()

    def _seconds_left(self) -> float:
        """Return the seconds until the stop must be over, since it was first noticed."""
        if self.worker.stopping.is_set():
            self.stop_by = min(self.stop_by, time.monotonic() + STOP_SECONDS)
        return self.stop_by - time.monotonic()

    async def _stop(self) -> None:
        """Give back jobs that have not begun, finish the others, delete those that are done."""
        unbegun = []
        while not self.waiting.empty():
            unbegun.append(self.waiting.get_nowait())
            self.waiting.task_done()
        await self.in_flight.give_back(unbegun, seconds=0)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.waiting.join(), max(0.1, self._seconds_left()))
        if self.begun:
            # Other workers get them when their time is up.
            left = sorted(job.sqs_id for job in self.begun)
            logger.warning("jobs left behind", extra={"jobs": left})
        await self.in_flight.delete_done()
