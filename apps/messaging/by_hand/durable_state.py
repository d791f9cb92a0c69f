"""What the server knows of durables: who only looks needs no right but that of their info."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from nats.aio.client import Client
from nats.js.api import ConsumerInfo, DeliverPolicy
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


@dataclass(frozen=True, kw_only=True)
class DurableProgress:
    """What the server knows of a durable: counts of deliveries, repeats included, and of acks.

    `in_flight` are delivered and not acknowledged, `redelivered` those of them that came again.
    """

    begins_at_first: bool
    ack_wait: float
    """Seconds."""
    delivered: int
    acknowledged: int
    in_flight: int
    redelivered: int


def durable_states(stream: str, names: Sequence[str]) -> dict[str, DurableState | None]:
    """Return the state of each durable of a stream; None if there is none of that name.

    Raises `BrokerAway`.
    """
    infos = _infos(stream, names, settings.LONGEST_TIMES.probe)
    return {name: _state_of(info) if info else None for name, info in infos.items()}


def durable_progress(stream: str, durable: str, *, timeout: float) -> DurableProgress | None:
    """Ask the server; None if there is no such durable. Raises `BrokerAway`.

    `timeout` is in seconds.
    """
    info = _infos(stream, [durable], timeout)[durable]
    return _progress_of(info) if info else None


def _infos(stream: str, names: Sequence[str], seconds: float) -> dict[str, ConsumerInfo | None]:
    async def info_of(nc: Client, name: str) -> ConsumerInfo | None:
        try:
            info: ConsumerInfo = await nc.jetstream(timeout=seconds).consumer_info(stream, name)
        except NotFoundError:
            return None
        return info

    async def work(nc: Client) -> dict[str, ConsumerInfo | None]:
        return {name: await info_of(nc, name) for name in names}

    try:
        return nats_for_threads.call(work, timeout=seconds)
    except NOT_SERVED as error:
        raise BrokerAway(reason_of(error)) from error


def _state_of(info: ConsumerInfo) -> DurableState:
    return DurableState(
        pending=info.num_pending or 0,
        ack_pending=info.num_ack_pending or 0,
        redelivered=info.num_redelivered or 0,
        delivered=info.delivered.stream_seq if info.delivered else 0,
        ack_floor=info.ack_floor.stream_seq if info.ack_floor else 0,
    )


def _progress_of(info: ConsumerInfo) -> DurableProgress:
    return DurableProgress(
        begins_at_first=info.config.deliver_policy == DeliverPolicy.ALL,
        ack_wait=info.config.ack_wait or 0.0,
        delivered=info.delivered.consumer_seq if info.delivered else 0,
        acknowledged=info.ack_floor.consumer_seq if info.ack_floor else 0,
        in_flight=info.num_ack_pending or 0,
        redelivered=info.num_redelivered or 0,
    )
