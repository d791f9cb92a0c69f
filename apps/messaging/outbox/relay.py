"""Transactional outbox, the sending side: claim, publish, mark, with no network in a transaction.

Two transports, JetStream and SQS, each with its own lease and errors: a broker that is away does
not delay the other. Delivery is in order per key and at least once; a repeat has the same id.
"""

import asyncio
import fcntl
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from nats.aio.msg import Msg

from apps.messaging import hooks
from apps.messaging.backoff import backoff
from apps.messaging.brokers.jetstream_fixes import PatchedJetStream
from apps.messaging.brokers.nats_for_workers import connected, subscribed
from apps.messaging.handling.attempts import DATABASE_ERRORS
from apps.messaging.hooks.steps import sending
from apps.messaging.models import OutboxMessage
from apps.messaging.outbox import wakeup
from apps.messaging.outbox.atomic_publisher import AtomicPublisher
from apps.messaging.outbox.batches import Batches
from apps.messaging.outbox.claims import clear_leases
from apps.messaging.outbox.jetstream_publisher import ACKS_IN_FLIGHT
from apps.messaging.outbox.rows import Outcome, Postponed, Publish
from apps.messaging.outbox.sqs_publisher import send_to_queues
from apps.messaging.worker.lifecycle import Worker
from apps.messaging.worker.outage import Outage
from apps.messaging.worker.threads import in_pool, pool_of

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
"""A wake-up may be lost, and brings nothing while NATS is away: then a row waits this long."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 0.5
"""A cluster may need nine seconds for a new leader; the relay goes on soon after that."""

BROKEN = Postponed("broken on purpose")

type Wakeups = Mapping[str, asyncio.Event]
"""Transport → an event that is set if a row was recorded for it."""


async def relaying(worker: Worker) -> None:
    """The worker's loop: both transports in parallel; if one fails, the process ends."""
    wakeups = {transport: asyncio.Event() for transport in OutboxMessage.Transport.values}
    with _sole_relay(worker):
        if worker.stopping.is_set():
            return  # `_sole_relay` has failed the worker.
        if not connection.features.has_select_for_update_skip_locked:
            # The lock says that there is no other relay, so these are the leases of a dead one.
            await in_pool(None, clear_leases)
        async with asyncio.TaskGroup() as transports:
            transports.create_task(relay_jetstream(worker.part(), wakeups))
            transports.create_task(relay_sqs(worker.part(), wakeups))


async def relay_jetstream(worker: Worker, wakeups: Wakeups) -> None:
    """Relay events. The same connection brings the wake-ups of both transports."""

    async def wake_up(message: Msg) -> None:
        if event := wakeups.get(message.subject.rpartition(".")[2]):
            event.set()

    async with connected(worker) as nc:
        await nc.subscribe(wakeup.SUBJECT, cb=wake_up)
        await subscribed(nc, worker)
        worker.ready()
        jetstream = PatchedJetStream(nc, publish_async_max_pending=ACKS_IN_FLIGHT)
        publisher = AtomicPublisher(nc, jetstream)
        await _relay(OutboxMessage.Transport.JETSTREAM, publisher.publish, worker, wakeups)


async def relay_sqs(worker: Worker, wakeups: Wakeups) -> None:
    """Relay jobs."""
    worker.ready()
    await _relay(OutboxMessage.Transport.SQS, send_to_queues, worker, wakeups)


async def _relay(transport: str, publish: Publish, worker: Worker, wakeups: Wakeups) -> None:
    """Relay one transport's rows until the worker stops; a message wakes it, else the interval."""
    outage = Outage(logger, begun="transport waits", ended="transport goes on", transport=transport)
    # One thread for all steps: each poll uses its connection, which is always warm then.
    with pool_of(1, name=transport) as thread:
        batches = Batches(transport, thread)
        is_woken = False
        while not worker.stopping.is_set():
            # Before the claim: a wake-up that comes after it has read the table stays set.
            wakeups[transport].clear()
            was_woken, is_woken = is_woken, False
            try:
                count, error = await relay_batch(batches, publish, is_woken=was_woken)
            except DATABASE_ERRORS as away:
                count, error = 0, f"database away: {away}"
            worker.step()
            if error:
                outage.met(error)
                await worker.sleep(_pause(outage.tries))
                continue
            outage.over()
            if not count:
                # After a claim by wake-up the next claim is a full one: it finds what that skips.
                is_woken = await _idle(wakeups[transport], worker) and not was_woken
        await batches.finish()


def _pause(tries: int) -> float:
    return backoff(tries, first=FIRST_PAUSE_SECONDS, longest=LONGEST_PAUSE_SECONDS)


async def _idle(woken: asyncio.Event, worker: Worker) -> bool:
    """Wait for a wake-up, the stop or the next poll; return whether it was a wake-up."""
    waits = [asyncio.create_task(each.wait()) for each in (woken, worker.stopping)]
    await asyncio.wait(waits, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    for each in waits:
        each.cancel()
    return woken.is_set()


async def relay_batch(
    batches: Batches, publish: Publish, *, is_woken: bool = False
) -> tuple[int, str]:
    """Relay what can be sent now; return how many were sent and why the rest must wait."""
    batch = await batches.claim(is_woken=is_woken)
    if not batch.rows:
        return 0, ""
    if hooks.skipped("relay.publishing", *batch.rows):
        outcomes: Mapping[int, Outcome] = dict.fromkeys((row.id for row in batch.rows), BROKEN)
    else:
        outcomes = await sending(publish, batch.rows)
    sent = await batches.mark(batch, outcomes)
    postponed = [each.error for each in outcomes.values() if isinstance(each, Postponed)]
    return sent, postponed[0] if postponed else ""


@contextmanager
def _sole_relay(worker: Worker) -> Iterator[None]:
    """On SQLite, which cannot skip locked rows, hold the one relay's lock."""
    if connection.features.has_select_for_update_skip_locked:
        yield
        return
    path = Path(f"{connection.settings_dict['NAME']}.relay-lock")
    with path.open("w") as file:
        try:
            # The kernel frees it when the process ends, also by `kill -9`: no lock stays behind.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            worker.fail(
                "another outbox_relay is running, and SQLite allows one: stop it, or use PostgreSQL"
            )
        yield
