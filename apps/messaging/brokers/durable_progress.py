"""How far any durable has come, also one that another program has made; asked of the server."""

from dataclasses import dataclass

from nats.aio.client import Client
from nats.js.api import ConsumerInfo, DeliverPolicy
from nats.js.errors import NotFoundError

from apps.messaging.brokers import nats_for_threads
from apps.messaging.brokers.nats_connection import NOT_SERVED
from apps.messaging.errors import BrokerAway


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


def durable_progress(stream: str, durable: str, *, timeout: float) -> DurableProgress | None:
    """Ask the server; None if there is no such durable. Raises `BrokerAway`.

    `timeout` is in seconds.
    """

    async def work(nc: Client) -> ConsumerInfo:
        info: ConsumerInfo = await nc.jetstream(timeout=timeout).consumer_info(stream, durable)
        return info

    try:
        info = nats_for_threads.call(work, timeout=timeout)
    except NotFoundError:
        return None
    except NOT_SERVED as error:
        raise BrokerAway(str(error) or f"no answer of JetStream within {timeout} s") from error
    return DurableProgress(
        begins_at_first=info.config.deliver_policy == DeliverPolicy.ALL,
        ack_wait=info.config.ack_wait or 0.0,
        delivered=info.delivered.consumer_seq if info.delivered else 0,
        acknowledged=info.ack_floor.consumer_seq if info.ack_floor else 0,
        in_flight=info.num_ack_pending or 0,
        redelivered=info.num_redelivered or 0,
    )
