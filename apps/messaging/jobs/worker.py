"""SQS, the receiving side: long poll, process, delete; at least once, so repeats must be harmless.

The way of one job; `|` is in a thread, all else in the event loop:

    pace        next_poll              how many jobs to ask for, once one can begin soon
    receipts  | poll_for               a long poll
    in_flight   take, keep_hidden      the heartbeat hides it from other workers from here on
    slots       put                    waits for a free slot
    slots     | _handle_in_thread      the slot's thread; `delivery.deliver` calls the handler
    gathering | put, take              its verdict comes to the event loop
    worker      _settle                `Ack`, `Reject`: deleted; `Retry`: given back
    in_flight   done, keep_deleting    deleted, with others by one call
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
_pause_seconds = partial(backoff, first=0.5, longest=2.0)


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
        self._queue, self._concurrency, self._worker = queue, concurrency, worker
        self._pace, self._poller = Pace(concurrency), KeptThreads(1, name="poll")
        self._in_flight = JobsInFlight()
        worker.give_back = self._in_flight.give_back_others
        self._slots = Slots(concurrency, partial(deliver, queue, handle))
        self._job_done = asyncio.Event()
        self._brake = Brake(queue.name)
        self._outage = Outage(
            logger, begun="polling pauses", ended="polling goes on", queue=queue.name
        )
        self._database_away, self._stop_by = False, math.inf

    async def run(self) -> None:
        """Poll until the worker stops, then finish the received jobs or give them back."""
        try:
            async with asyncio.TaskGroup() as group:
                helpers = [self._handle_waiting() for _ in range(self._concurrency)]
                helpers += [self._in_flight.keep_hidden(), self._in_flight.keep_deleting()]
                tasks = [group.create_task(helper) for helper in helpers]
                await self._receive_until_stopped()
                await self._stop()
                for task in tasks:
                    task.cancel()
        finally:
            self._slots.end()
            self._poller.end()

    async def _receive_until_stopped(self) -> None:
        while poll := await self._next_poll():
            try:
                jobs = await self._receive(poll)
            except (BrokerAway, DatabaseAway) as error:
                await self._met_outage(error)
                await self._worker.sleep(_pause_seconds(self._outage.tries))
            else:
                self._outage_may_be_over()
                self._pace.received(len(jobs))
                for job in jobs:
                    if self._in_flight.take(job):
                        self._slots.put(job)

    async def _next_poll(self) -> Poll | None:
        """Wait until the brake allows a job, and one can begin soon; None once it is to stop."""
        while not self._worker.stopping.is_set():
            await wait_out(self._brake, self._worker)
            begun, waiting = len(self._slots.begun), len(self._slots.waiting)
            at_most = self._brake.at_most(self._pace.most)
            if poll := self._pace.next_poll(begun=begun, waiting=waiting, at_most=at_most):
                return poll
            if self._slots.stand_still:
                await self._in_flight.give_back(self._slots.take_back(), seconds=0)
            self._job_done.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._job_done.wait(), 0.5)
            self._worker.step()
        return None

    async def _receive(self, poll: Poll) -> list[ReceivedJob]:
        """Receive jobs. At a stop, wait for the poll briefly."""
        if self._database_away and not await ask_whether_it_takes_writes():
            raise DatabaseAway
        self._database_away = False
        answer = self._poller.run(partial(_jobs_of, self._queue, poll))
        while not answer.done() and self._seconds_left() > 0:
            await asyncio.wait({answer}, timeout=0.5)
            self._worker.step()
        return await answer if answer.done() else []

    async def _handle_waiting(self) -> None:
        """Handle one job after the other; after the stop or in a pause, give received jobs back."""
        while True:
            await self._slots.until_any_waits()
            with self._slots.one_taken():
                async for handled in self._slots.handle(while_true=self._may_begin):
                    for each in handled:
                        await self._settle(each)
                    self._job_done.set()
                    self._worker.step()
                if not self._may_begin():
                    await self._in_flight.give_back(self._slots.take_back(), seconds=0)
            self._job_done.set()

    def _may_begin(self) -> bool:
        return not self._worker.stopping.is_set() and not self._brake.seconds_left

    async def _settle(self, handled: Handled) -> None:
        """Tell SQS; if it is away, the job is redelivered. `NotOurs` is settled elsewhere."""
        job, verdict = handled.job, handled.outcome
        self._pace.took(handled.seconds)
        if isinstance(verdict, DatabaseAway):
            # Not the job's fault: hide it for a while, and do not poll until the database is back.
            self._database_away = True
            await self._met_outage(verdict)
            verdict = Retry(self._queue.retry_seconds)
        with suppress(Braked):  # The poller pauses, and the slots give back.
            self._brake.judged(self._queue.name, job.sqs_id, verdict)
        match verdict:
            case Ack() | Reject():
                # Deleted soon, with others: after the effect, not before.
                self._in_flight.done(job)
            case Retry(delay):
                await self._in_flight.give_back([job], seconds=round(delay))

    async def _stop(self) -> None:
        """Give back jobs that have not begun, finish the others, delete those that are done."""
        await self._in_flight.give_back(self._slots.take_back(), seconds=0)
        while self._slots.taken and (seconds := self._seconds_left()) > 0:
            self._job_done.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._job_done.wait(), seconds)
        if left := [job.sqs_id for job in [*self._slots.begun]]:
            # Other workers get them when their time is up.
            logger.warning("jobs left behind", extra={"jobs": sorted(left)})
        await self._in_flight.delete_done()

    def _seconds_left(self) -> float:
        """Return the seconds until the stop must be over, since it was first noticed."""
        if self._worker.stopping.is_set():
            self._stop_by = min(self._stop_by, time.monotonic() + STOP_SECONDS)
        return self._stop_by - time.monotonic()

    async def _met_outage(self, error: BrokerAway | DatabaseAway) -> None:
        """Report it; make a queue again that a local SQS server has lost."""
        self._worker.not_ready()
        self._outage.met(str(error) or type(error).__name__)
        if isinstance(error, QueueGone):
            await in_thread(partial(make_again, self._queue))

    def _outage_may_be_over(self) -> None:
        """SQS answers again: report it, unless the database is away."""
        if not self._database_away:
            self._outage.over()
            self._worker.ready()


def _jobs_of(queue: JobQueue, poll: Poll) -> list[ReceivedJob]:
    """Receive jobs, and look up which of them were dropped."""
    ask = partial(poll_for, queue.name, at_most=poll.at_most, wait_seconds=poll.wait_seconds)
    return looked_up(receiving(queue.name, ask))
