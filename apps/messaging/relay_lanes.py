"""The outbox relay's two lanes, put together: JetStream with acks in flight, SQS in batches."""

import asyncio
import fcntl
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import nats.errors
from django.db import connection
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import PubAck
from nats.js.errors import BadRequestError, NoStreamResponseError, TooManyStalledMsgsError

from apps.messaging import job_queue, relay_nudge
from apps.messaging.connection import connected, subscribed
from apps.messaging.errors import BrokerAway, MessagingError
from apps.messaging.jetstream import AnsweredJetStream
from apps.messaging.life import Life
from apps.messaging.link import CONNECTION_LOST
from apps.messaging.message import MESSAGE_ID
from apps.messaging.models import OutboxMessage
from apps.messaging.relay import clear_leases, relay_lane
from apps.messaging.relay_doubts import settle_doubts
from apps.messaging.relay_rows import Claimed, Outcome, Postponed, Refused, Sent
from apps.messaging.tough_client import ToughClient

logger = logging.getLogger(__name__)

ACKS_IN_FLIGHT = 100
"""One by one gives a seventh of the rate; more than this gains nothing."""
ACK_DEADLINE = 5.0
STREAM_SEALED = 10109
"""Of JetStream's errors 400, which find fault with the message, the one that does not."""


async def relaying(life: Life) -> None:
    """The worker's loop: both lanes side by side; if one dies the process does."""
    nudges = {lane: asyncio.Event() for lane in OutboxMessage.Lane.values}
    with _sole_relay(life):
        if life.stopping.is_set():
            return
        if not connection.features.has_select_for_update_skip_locked:
            await asyncio.to_thread(clear_leases)
        async with asyncio.TaskGroup() as lanes:
            lanes.create_task(_nats_lane(life, nudges))
            lanes.create_task(_sqs_lane(life, nudges))


async def _nats_lane(life: Life, nudges: Mapping[str, asyncio.Event]) -> None:
    async def nudge(message: Msg) -> None:
        if event := nudges.get(message.subject.rpartition(".")[2]):
            event.set()

    async with connected(life) as nc:
        await nc.subscribe(relay_nudge.SUBJECT, cb=nudge)
        await subscribed(nc, life)
        life.ready()
        jetstream = AnsweredJetStream(nc, publish_async_max_pending=ACKS_IN_FLIGHT)

        async def publish(rows: list[Claimed]) -> dict[int, Outcome]:
            return await publish_to_jetstream(nc, jetstream, rows)

        lane = OutboxMessage.Lane.NATS
        await relay_lane(lane, publish, life=life, nudged=nudges[lane])


async def _sqs_lane(life: Life, nudges: Mapping[str, asyncio.Event]) -> None:
    lane = OutboxMessage.Lane.SQS
    await relay_lane(lane, _send_to_queues, life=life, nudged=nudges[lane])


async def publish_to_jetstream(
    nc: ToughClient, jetstream: JetStreamContext, rows: list[Claimed]
) -> dict[int, Outcome]:
    """Publish with `Nats-Msg-Id`, so that a repeat inside the duplicate window is stored once."""
    if not nc.is_connected:
        return {row.id: Postponed("NATS is away") for row in rows}
    outcomes: dict[int, Outcome] = {}
    acks: dict[asyncio.Future[PubAck], int] = {}
    for row in rows:
        try:
            acks[await _begin_to_publish(jetstream, row)] = row.id
        except (*CONNECTION_LOST, TooManyStalledMsgsError) as error:
            outcomes[row.id] = Postponed(str(error) or type(error).__name__)
            break
        except (MessagingError, nats.errors.Error, ValueError) as error:
            outcomes[row.id] = Refused(str(error))  # Its own fault: the others leave.
    # nats-py's futures have no deadline of their own and would hold their permits for ever.
    done, late = await asyncio.wait(acks, timeout=ACK_DEADLINE) if acks else (set(), set())
    for future in late:
        future.cancel()
        outcomes[acks[future]] = Postponed(f"no ack within {ACK_DEADLINE:.0f} s")
    for future in done:
        outcomes[acks[future]] = _outcome(future, server_is_leaving=nc.is_leaving)
    acked = {acks[future]: future.result() for future in done if not future.exception()}
    return outcomes | await settle_doubts(nc, rows, acked)


async def _begin_to_publish(jetstream: JetStreamContext, row: Claimed) -> asyncio.Future[PubAck]:
    headers = json.loads(row.headers) | {MESSAGE_ID: str(row.message_id)}
    return await jetstream.publish_async(
        row.destination, row.body.encode(), headers=headers, wait_stall=ACK_DEADLINE
    )


def _outcome(future: asyncio.Future[PubAck], *, server_is_leaving: bool) -> Outcome:
    match future.exception():
        case None:
            return Sent(future.result().seq)
        case BadRequestError(err_code=code) as error if code != STREAM_SEALED:
            return Refused(str(error))
        case NoStreamResponseError() if server_is_leaving:
            return Postponed("the NATS server is being stopped (lame duck mode): waiting for it")
        case NoStreamResponseError():
            return Postponed("no stream takes this subject: run manage.py provision")
        case error:
            return Postponed(str(error) or type(error).__name__)


async def _send_to_queues(rows: list[Claimed]) -> Mapping[int, Outcome]:
    jobs = [
        job_queue.OutgoingJob(
            queue=row.destination,
            message_id=str(row.message_id),
            headers=json.loads(row.headers),
            body=row.body,
        )
        for row in rows
    ]
    errors = await asyncio.to_thread(job_queue.send_batch, jobs)
    return {rows[index].id: _queue_outcome(error) for index, error in errors.items()}


def _queue_outcome(error: MessagingError | None) -> Outcome:
    match error:
        case None:
            return Sent()
        case BrokerAway():
            return Postponed(str(error))
        case _:
            return Refused(str(error))


@contextmanager
def _sole_relay(life: Life) -> Iterator[None]:
    """On SQLite, which cannot skip locked rows, hold the one relay's lock."""
    if connection.features.has_select_for_update_skip_locked:
        yield
        return
    path = Path(f"{connection.settings_dict['NAME']}.relay-lock")
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            life.fail("another outbox_relay is running; SQLite allows one")
        yield
