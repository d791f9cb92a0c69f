"""Durable consumption from JetStream: fetch, handle, acknowledge after the commit.

At least once here; the inbox makes it effectively once. Acks since the server's last sync are
lost when it is killed, so redelivery is normal and not an accident.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from apps.messaging.brokers.jetstream_pull import Pull
from apps.messaging.brokers.nats_connection import CONNECTION_LOST, NOT_SERVED, reason_of
from apps.messaging.brokers.nats_for_workers import connected
from apps.messaging.events.batch_delivery import LARGEST_BATCH
from apps.messaging.events.delivery import Delivery
from apps.messaging.events.in_flight import FetchedMessage, InFlight, Judged, in_flight, until_back
from apps.messaging.events.streams import Consumer
from apps.messaging.handling.brake import Brake, Braked, wait_out
from apps.messaging.handling.database import (
    DatabaseAway,
    until_it_takes_writes,
)
from apps.messaging.handling.judging import message_at
from apps.messaging.handling.verdicts import Ack, Reject, Retry, Verdict
from apps.messaging.worker.lifecycle import Worker
from apps.messaging.worker.outage import Outage
from apps.messaging.worker.time_limits import Work

logger = logging.getLogger(__name__)

BATCH = 25
"""The messages in a fetch without batch handlers: a second's work, so that a stop is quick."""
FETCH_SECONDS = 1.0
"""A stop waits for the end of a fetch, and a worker that waits for messages steps so often."""


@dataclass(frozen=True, kw_only=True)
class _Consuming:
    """One process at one durable: its messages in flight, its brake and its outages."""

    consumer: Consumer
    worker: Worker
    flight: InFlight
    outage: Outage
    brake: Brake

    def batch(self) -> int:
        """Return how many messages to fetch at once now."""
        return self.brake.at_most(LARGEST_BATCH if self.consumer.batch_handlers else BATCH)


def consuming(consumer: Consumer) -> Callable[[Worker], Awaitable[None]]:
    """Return a worker's loop that reads `consumer.durable` until the worker stops."""

    async def loop(worker: Worker) -> None:
        outage = Outage(
            logger,
            begun="cannot consume, will bind again",
            ended="consumes again",
            consumer=consumer.durable,
        )
        brake = Brake(consumer.durable)
        async with connected(worker) as nc:
            with in_flight(consumer, worker) as flight:
                worker.give_back = partial(_give_back, nc, flight)
                work = _Consuming(
                    consumer=consumer, worker=worker, flight=flight, outage=outage, brake=brake
                )
                while not worker.stopping.is_set():
                    await _consume(nc, work)
                # Still in the block: the slow ones are said to be in progress until they end.
                with suppress(Braked, DatabaseAway):
                    await _settle_all(work, flight.finish())

    return loop


async def _consume(nc: Client, work: _Consuming) -> None:
    """Pull until the worker stops, the durable or a server is gone, or the brake is put on."""
    worker = work.worker
    try:
        await _pull(nc, work)
    except Braked:
        await _give_back_not_begun(work, delay=0)
        await wait_out(work.brake, worker)
    except DatabaseAway:
        # The server keeps all of it until we pull again.
        await _give_back_not_begun(work)
        await until_it_takes_writes(worker)
    except (*NOT_SERVED, nats.errors.NotJSMessageError) as error:
        # A deleted durable answers each pull at once: pause, then bind again.
        worker.not_ready()
        work.outage.met(reason_of(error))
        await worker.sleep(1.0)


async def _pull(nc: Client, work: _Consuming) -> None:
    """Fetch, handle, settle. Raises NotFoundError where `manage.py provision` did not run."""
    worker, durable, batch = work.worker, work.consumer.durable, work.batch()
    pull = await Pull.bind(
        nc,
        stream=work.consumer.stream.name,
        consumer=durable,
        batch=batch,
        seconds=FETCH_SECONDS,
    )
    try:
        work.outage.over()
        worker.ready()
        worker.report_pause(work.brake.kind)
        # The brake changes the size of a batch, and a pull keeps the one that it was bound with.
        while not worker.stopping.is_set() and batch == work.batch():
            worker.step()
            messages = _fetched(durable, await pull.fetch())
            await _settle_all(work, work.flight.handle(messages))
        on_their_way = _fetched(durable, await pull.leave())
        await _settle_all(work, work.flight.handle(on_their_way))
    finally:
        # After an error: nothing of it is handled here, and it need not wait for its `ack_wait`.
        with suppress(*CONNECTION_LOST):
            for each in _fetched(durable, await pull.leave()):
                await settle(each, Retry(0))


async def settle(fetched: FetchedMessage, verdict: Verdict) -> None:
    """Tell the broker. If it is away, it redelivers the message, which the inbox then skips."""
    message, delivery = fetched.message, fetched.delivery
    try:
        match verdict:
            case Ack() if delivery.skipped("consumer.committed"):
                pass  # Lose the acknowledgement on purpose, in the demo only.
            case Ack():
                await message.ack()  # After the commit, never before.
                delivery.reached("consumer.acknowledged")
            case Reject():
                await message.term()
            case Retry(delay):
                await message.nak(delay=delay)
    except CONNECTION_LOST as error:
        extra = delivery.log_fields | {"verdict": type(verdict).__name__, "error": repr(error)}
        logger.warning("not settled, will be redelivered", extra=extra)


async def _settle_all(work: _Consuming, judged: AsyncIterator[Judged]) -> None:
    """Settle each as its verdict comes. Raises `Braked` after one failure too many of its kind."""
    async for fetched, verdict in judged:
        await settle(fetched, verdict)
        # After the settlement: `Braked` leaves the loop.
        work.brake.judged(fetched.delivery.subject, fetched.delivery.sequence, verdict)


def _fetched(durable: str, messages: Sequence[Msg]) -> list[FetchedMessage]:
    """Return each message with its delivery, without messages that no stream has sent."""
    found = []
    for message in messages:
        try:
            found.append(FetchedMessage(message, Delivery.of(message, consumer=durable)))
        except nats.errors.NotJSMessageError:
            logger.warning("not of a stream", extra={"subject": message.subject})
    return found


async def _give_back(nc: Client, flight: InFlight, hung: Sequence[Work]) -> None:
    """Give the messages in flight back, except the hanging one, which is redelivered later."""
    hanging = {work.message for work in hung}
    for each in flight.give_up():
        if message_at(each.delivery) not in hanging:
            await settle(each, Retry(0))
    # The process ends after this: what nats-py has not sent by then is lost.
    with suppress(*CONNECTION_LOST):
        await nc.flush(1)


async def _give_back_not_begun(work: _Consuming, delay: float | None = None) -> None:
    """Ask for a redelivery after `delay` seconds; without it, when the database may be back."""
    for each in work.flight.not_begun():
        await settle(each, until_back(each) if delay is None else Retry(delay))
