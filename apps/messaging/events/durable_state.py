"""What the server knows of durables: who only looks needs no right but that of their info."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from apps.messaging.brokers import nats_for_threads
from apps.messaging.brokers.nats_connection import NOT_SERVED, reason_of
from apps.messaging.errors import BrokerAway


@dataclass(frozen=True, kw_only=True)
class DurableState:
    """What the server knows of a durable: counts of messages, and sequences of the stream.

    `pending` are those that it has never delivered; `ack_pending` those that it has delivered and
    that are not settled, of which `redelivered` were delivered more than once. All up to
    `ack_floor` are settled; `delivered` is the last that was delivered.
    """

    pending: int
    ack_pending: int
    redelivered: int
    delivered: int
    ack_floor: int


def durable_states(stream: str, names: Sequence[str]) -> dict[str, DurableState | None]:
    """Return the state of each durable of a stream; None if there is none of that name.

    Raises `BrokerAway`.
    """
    seconds = settings.LONGEST_TIMES.probe

    async def work(nc: Client) -> dict[str, DurableState | None]:
        return {name: await _state(nc, stream, name, seconds) for name in names}

    try:
        return nats_for_threads.call(work, timeout=seconds)
    except NOT_SERVED as error:
        raise BrokerAway(reason_of(error)) from error


async def _state(nc: Client, stream: str, name: str, seconds: float) -> DurableState | None:
    try:
        info = await nc.jetstream(timeout=seconds).consumer_info(stream, name)
    except NotFoundError:
        return None
    return DurableState(
        pending=info.num_pending or 0,
        ack_pending=info.num_ack_pending or 0,
        redelivered=info.num_redelivered or 0,
        delivered=info.delivered.stream_seq if info.delivered else 0,
        ack_floor=info.ack_floor.stream_seq if info.ack_floor else 0,
    )
