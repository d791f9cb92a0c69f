"""Makes dead letters of the messages that JetStream gave up, from its advisories about them."""

import logging
from contextlib import suppress
from typing import Annotated

import nats.errors
from django.conf import settings
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from pydantic import Field, StringConstraints

from apps.messaging.backoff import backoff
from apps.messaging.brokers.jetstream_pull import Pull
from apps.messaging.brokers.nats_connection import CONNECTION_LOST, NOT_SERVED, reason_of
from apps.messaging.brokers.nats_for_workers import connected
from apps.messaging.errors import MessageUnreadable
from apps.messaging.events.delivery import Delivery
from apps.messaging.events.streams import ADVISORIES, ADVISORY_DURABLE, streams_of_events
from apps.messaging.handling import dead_letters
from apps.messaging.handling.attempts import DATABASE_ERRORS
from apps.messaging.handling.database import ASK_EVERY_SECONDS, until_it_takes_writes
from apps.messaging.message import Payload
from apps.messaging.worker.lifecycle import Worker
from apps.messaging.worker.outage import Outage
from apps.messaging.worker.threads import in_pool
from apps.messaging.worker.time_limits import in_time

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 10.0, 600.0
"""Seconds until an advisory comes again whose message could not be read: mostly a missing right."""

logger = logging.getLogger(__name__)

_Name = Annotated[str, StringConstraints(pattern=r"^[\w-]{1,64}$")]


class Undeliverable(Payload):
    """The fields of an advisory that we read; the message itself is still in its stream."""

    stream: _Name
    consumer: _Name
    stream_seq: Annotated[int, Field(gt=0, lt=2**63)]
    deliveries: Annotated[int, Field(gt=0, le=1_000_000)]
    """No more than the columns take, summed over redrives too: a database error would look like a
    database that is away."""


async def collect_advisories(worker: Worker) -> None:
    """Read advisories until the worker stops; bind again where the durable or NATS was away."""
    outage = Outage(logger, begun="cannot read advisories", ended="reads advisories again")
    async with connected(worker) as nc:
        while not worker.stopping.is_set():
            try:
                await _read_advisories(nc, worker, outage)
            except NOT_SERVED as error:
                worker.not_ready()
                outage.met(reason_of(error))
                await worker.sleep(1.0)


async def _read_advisories(nc: Client, worker: Worker, outage: Outage) -> None:
    # One at a time: a read without an answer takes half of the time until its redelivery.
    advisories = await Pull.bind(
        nc, stream=ADVISORIES, consumer=ADVISORY_DURABLE, batch=1, seconds=1.0
    )
    outage.over()
    worker.ready()
    try:
        while not worker.stopping.is_set():
            worker.step()
            for advisory in await advisories.fetch():
                await _settle_or_wait(nc, worker, advisory)
            worker.ready()
    finally:
        with suppress(*CONNECTION_LOST):
            for advisory in await advisories.leave():
                await advisory.nak()


async def _settle_or_wait(nc: Client, worker: Worker, advisory: Msg) -> None:
    try:
        await _settle(nc, advisory)
    except DATABASE_ERRORS:
        # This durable has no limit of deliveries, so the advisory is redelivered.
        await advisory.nak(delay=ASK_EVERY_SECONDS)
        await until_it_takes_writes(worker)


async def _settle(nc: Client, advisory: Msg) -> None:
    """Make a dead letter of its message, or ask for the advisory again if it cannot be read now."""
    jetstream = nc.jetstream(timeout=settings.LONGEST_TIMES.nats_call)
    try:
        delivery = await _undelivered(jetstream, advisory)
    except (MessageUnreadable, NotFoundError) as error:
        # The server's own advisories are readable; but any client can publish on their subject.
        _log("not collected", advisory, error=str(error))
        await advisory.ack()
        return
    except NOT_SERVED as error:
        if not nc.is_connected:
            raise
        # A missing right gets no answer. The advisories behind this one do not wait for it.
        deliveries = advisory.metadata.num_delivered
        pause = backoff(deliveries, first=FIRST_PAUSE_SECONDS, longest=LONGEST_PAUSE_SECONDS)
        _log("not collected yet", advisory, error=_why(error), next_try=pause)
        await advisory.nak(delay=pause)
        return
    await in_pool(None, in_time(_bury, None, delivery.consumer), delivery)
    await advisory.ack()


async def _undelivered(jetstream: JetStreamContext, advisory: Msg) -> Delivery:
    """Read the message of which the advisory has only the sequence."""
    lost = Undeliverable.read(advisory.data)
    if lost.stream not in {each.name for each in streams_of_events()}:
        raise MessageUnreadable(f"{lost.stream} is no stream of MESSAGING_STREAMS")
    message = await jetstream.get_msg(lost.stream, lost.stream_seq)
    return Delivery(
        consumer=lost.consumer,
        subject=message.subject or "",
        # nats-py returns a header that is not ASCII as an object here, and as text elsewhere.
        headers={name: str(value) for name, value in (message.headers or {}).items()},
        body=message.data or b"",
        stream=lost.stream,
        sequence=lost.stream_seq,
        attempt=lost.deliveries,
        stored_at=message.time,
    )


def _bury(delivery: Delivery) -> None:
    reason = f"delivered {delivery.attempt} times and never acknowledged"
    dead_letters.bury(delivery, reason=reason, attempts=delivery.attempt)


def _why(error: Exception) -> str:
    if isinstance(error, nats.errors.TimeoutError):
        return "no answer: may this user read the stream (STREAM.MSG.GET)?"
    return reason_of(error)


def _log(what: str, advisory: Msg, **known: str | float) -> None:
    logger.error(what, extra={"subject": advisory.subject, **known})
