"""The outbox relay's two lanes, put together: JetStream with acks in flight, SQS in batches."""

import asyncio
import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from nats.aio.msg import Msg

from apps.messaging import relay_nudge
from apps.messaging.connection import connected, subscribed
from apps.messaging.jetstream import AnsweredJetStream
from apps.messaging.life import Life
from apps.messaging.models import OutboxMessage
from apps.messaging.relay import relay_lane
from apps.messaging.relay_claims import clear_leases
from apps.messaging.relay_rows import Claimed, Outcome
from apps.messaging.relay_to_jetstream import ACKS_IN_FLIGHT, publish_to_jetstream
from apps.messaging.relay_to_sqs import send_to_queues


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
    await relay_lane(lane, send_to_queues, life=life, nudged=nudges[lane])


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
