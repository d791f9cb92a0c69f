"""SQS, the receiving side: long poll, process, delete; at least once, so repeats must be harmless.

`working` is the loop, `pace` says how many jobs to ask for, `slots` has the threads, `delivery`
calls the handler, `in_flight` keeps the receipts.
"""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from apps.messaging.backoff import backoff
from apps.messaging.brokers.sqs import QueueGone
from apps.messaging.errors import BrokerAway
from apps.messaging.handling.brake import Brake, Braked, wait_out
from apps.messaging.handling.database import DatabaseAway, ask_whether_it_takes_writes
from apps.messaging.handling.verdicts import Ack, Reject, Retry
from apps.messaging.hooks.steps import receiving
from apps.messaging.jobs.delivery import Handler, ReceivedJob, deliver, looked_up
from apps.messaging.jobs.in_flight import JobsInFlight
from apps.messaging.jobs.job_queue import JobQueue, make_again
from apps.messaging.jobs.pace import Pace, Poll
from apps.messaging.jobs.receipts import poll_for
from apps.messaging.jobs.slots import Handled, Slots
from apps.messaging.worker.lifecycle import Worker
from apps.messaging.worker.outage import Outage
from apps.messaging.worker.threads import KeptThreads, in_thread

logger = logging.getLogger(__name__)

STOP_SECONDS = 7.0
"""Below the runner's grace. A long poll that outlasts it may hide a job for one timeout."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 2.0


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
        self.queue, self.concurrency, self.worker = queue, concurrency, worker
        self.in_flight = JobsInFlight()
        self.slots = Slots(concurrency, partial(deliver, queue, handle))
        self.job_done = asyncio.Event()
        worker.give_back = self.in_flight.give_back_others
        self.brake = Brake(queue.name)
        self.poller = KeptThreads(1, name="poll")
        self.pace = Pace(concurrency)
        self.database_away = False
        self.outage = Outage(
            logger, begun="polling pauses", ended="polling goes on", queue=queue.name
        )
        self.stop_by = math.inf

    async def run(self) -> None:
        """Poll until the worker stops, then finish the received jobs or give them back."""
        try:
            async with asyncio.TaskGroup() as group:
                helpers = [self._slot() for _ in range(self.concurrency)]
                helpers += [self.in_flight.keep_hidden(), self.in_flight.keep_deleting()]
                tasks = [group.create_task(helper) for helper in helpers]
                await self._receive_until_stopped()
                await self._stop()
                for task in tasks:
                    task.cancel()
        finally:
            self.slots.end()
            self.poller.end()

    async def _receive_until_stopped(self) -> None:
        while poll := await self._next_poll():
            try:
                jobs = await self._receive(poll)
            except (BrokerAway, DatabaseAway) as error:
                await self._met_outage(error)
                pause = backoff(
                    self.outage.tries, first=FIRST_PAUSE_SECONDS, longest=LONGEST_PAUSE_SECONDS
                )
                await self.worker.sleep(pause)
            else:
                self._outage_may_be_over()
                self.pace.received(len(jobs))
                for job in jobs:
                    if self.in_flight.take(job):
                        self.slots.put(job)

    async def _next_poll(self) -> Poll | None:
        """Wait until the brake allows a job, and one can begin soon; None once it is to stop."""
        while not self.worker.stopping.is_set():
            await wait_out(self.brake, self.worker)
            begun, waiting = len(self.slots.begun), len(self.slots.waiting)
            at_most = self.brake.at_most(self.pace.most)
            if poll := self.pace.next_poll(begun=begun, waiting=waiting, at_most=at_most):
                return poll
            if self.slots.stand_still:
                await self.in_flight.give_back(self.slots.take_back(), seconds=0)
            self.job_done.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.job_done.wait(), 0.5)
            self.worker.step()
        return None

    async def _receive(self, poll: Poll) -> list[ReceivedJob]:
        """Receive jobs. At a stop, wait for the poll briefly."""
        if self.database_away and not await ask_whether_it_takes_writes():
            raise DatabaseAway
        self.database_away = False
        answer = self.poller.run(partial(_jobs_of, self.queue, poll))
        while not answer.done() and self._seconds_left() > 0:
            await asyncio.wait({answer}, timeout=0.5)
            self.worker.step()
        return await answer if answer.done() else []

    async def _slot(self) -> None:
        """Handle one job after the other; after the stop or in a pause, give received jobs back."""
        while True:
            await self.slots.until_any_waits()
            with self.slots.one_taken():
                async for handled in self.slots.handle(while_true=self._may_begin):
                    for each in handled:
                        await self._settle(each)
                    self.job_done.set()
                    self.worker.step()
                if not self._may_begin():
                    await self.in_flight.give_back(self.slots.take_back(), seconds=0)
            self.job_done.set()

    def _may_begin(self) -> bool:
        return not self.worker.stopping.is_set() and not self.brake.seconds_left

    async def _settle(self, handled: Handled) -> None:
        """Tell SQS; if it is away, the job is redelivered. `NotOurs` is settled elsewhere."""
        job, verdict = handled.job, handled.outcome
        self.pace.took(handled.seconds)
        if isinstance(verdict, DatabaseAway):
            # Not the job's fault: hide it for a while, and do not poll until the database is back.
            self.database_away = True
            await self._met_outage(verdict)
            verdict = Retry(self.queue.retry_seconds)
        with suppress(Braked):  # The poller pauses, and the slots give back.
            self.brake.judged(self.queue.name, job.sqs_id, verdict)
        match verdict:
            case Ack() | Reject():
                self.in_flight.done(job)  # Deleted soon, with others: after the effect, not before.
            case Retry(delay):
                await self.in_flight.give_back([job], seconds=round(delay))

    async def _met_outage(self, error: BrokerAway | DatabaseAway) -> None:
        """Report it; make a queue again that a local SQS server has lost."""
        self.worker.not_ready()
        self.outage.met(str(error) or type(error).__name__)
        if isinstance(error, QueueGone):
            await in_thread(partial(make_again, self.queue))

    def _outage_may_be_over(self) -> None:
        """SQS answers again: report it, unless the database is away."""
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
        await self.in_flight.give_back(self.slots.take_back(), seconds=0)
        while self.slots.taken and (seconds := self._seconds_left()) > 0:
            self.job_done.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.job_done.wait(), seconds)
        if left := [job.sqs_id for job in [*self.slots.begun]]:
            # Other workers get them when their time is up.
            logger.warning("jobs left behind", extra={"jobs": sorted(left)})
        await self.in_flight.delete_done()


def _jobs_of(queue: JobQueue, poll: Poll) -> list[ReceivedJob]:
    """Receive jobs, and look up which of them were dropped."""
    ask = partial(poll_for, queue.name, at_most=poll.at_most, wait_seconds=poll.wait_seconds)
    return looked_up(receiving(queue.name, ask))
