"""Operations that each user of `deploy/nats.conf` needs, and operations that must be rejected."""

import uuid

import nats.errors
import pytest
from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig

from apps.messaging.brokers.nats_py_fixes import PatchedClient
from apps.messaging.events.streams import declared_consumers
from apps.messaging.outbox.jetstream_publisher import publish_to_jetstream
from apps.messaging.outbox.rows import Sent
from tests.deploy.nats_users import USERS, Work
from tests.messaging.support.rows import make_claimed

DURABLES = {
    f"{each.durable}_consumer": each.durable
    for each in declared_consumers()
    if each.stream.name == "ORDERS"
}
"""User → the durable that it alone reads."""


NOT_CELERYS = ("CREATE", "MSG.NEXT", "DELETE")
"""Operations on a durable of the shop: `celery` reads the stream by a consumer of its own."""


def publish(subject: str, body: bytes = b"{}") -> Work[None]:
    return lambda nc: nc.publish(subject, body)


def subscribe(subject: str, queue: str = "") -> Work[None]:
    async def work(nc: Client) -> None:
        await nc.subscribe(subject, queue=queue)

    return work


def pull_and_settle(stream: str, durable: str) -> Work[None]:
    """The work of a consumer; the server confirms the acknowledgement."""

    async def work(nc: Client) -> None:
        jetstream = nc.jetstream()
        await jetstream.consumer_info(stream, durable)
        subscription = await jetstream.pull_subscribe_bind(durable=durable, stream=stream)
        (message,) = await subscription.fetch(1, timeout=60)
        await message.in_progress()
        await message.nak()
        (message,) = await subscription.fetch(1, timeout=60)
        await message.ack_sync()

    return work


async def relay_one(nc: PatchedClient) -> bool:
    row = make_claimed(destination="orders.placed")
    outcomes = await publish_to_jetstream(nc, nc.jetstream(), [row])
    return isinstance(outcomes[1], Sent)


async def read_by_sequence(nc: Client) -> None:
    await nc.jetstream().get_msg("ORDERS", 1)


async def read_advisories(nc: Client) -> None:
    jetstream = nc.jetstream()
    await jetstream.consumer_info("ADVISORIES", "dead_letter_collector")
    pull = await jetstream.pull_subscribe_bind("dead_letter_collector", "ADVISORIES")
    with pytest.raises(nats.errors.TimeoutError):
        await pull.fetch(1, timeout=0.2)


async def read_by_a_new_consumer(nc: Client) -> None:
    """As `manage.py replay` does: a consumer of its own, which the server soon forgets."""
    name = f"replay-{uuid.uuid4().hex}"
    config = ConsumerConfig(name=name, ack_policy=AckPolicy.NONE, inactive_threshold=60)
    place = await nc.jetstream().add_consumer("ORDERS", config)
    pull = await nc.jetstream().pull_subscribe_bind(consumer=place.name, stream="ORDERS")
    assert await pull.fetch(1, timeout=60)


NEEDS: list[tuple[str, Work[object]]] = [
    ("provision", read_by_a_new_consumer),
    ("provision", read_by_sequence),
    ("web", publish("jobs.resize")),
    ("web", publish("catalog.price_changed")),
    ("web", publish("outbox.nudge.jetstream")),
    ("outbox_relay", subscribe("outbox.nudge.*")),
    ("outbox_relay", read_by_sequence),
    ("fulfilment_consumer", publish("outbox.nudge.jetstream")),
    ("price_responder", subscribe("catalog.price_changed")),
    ("preview_resizer", subscribe("jobs.resize", "resizers")),
    ("order_listener", subscribe("orders.>")),
    ("dead_letter_collector", read_advisories),
    ("dead_letter_collector", read_by_sequence),
    ("celery", publish("outbox.nudge.sqs")),
    ("celery", read_by_a_new_consumer),
]

MUST_NOT: list[tuple[str, Work[object]]] = [
    # Only the relay publishes events, and it publishes nothing else.
    ("web", publish("orders.placed")),
    ("web", subscribe("orders.>")),
    ("web", subscribe("price.lookup")),
    ("web", subscribe("price.lookup.many")),
    ("outbox_relay", publish("price.lookup")),
    ("outbox_relay", publish("price.lookup.many")),
    ("outbox_relay", publish("jobs.resize")),
    ("outbox_relay", subscribe("price.lookup")),
    ("outbox_relay", publish("$JS.API.STREAM.INFO.ORDERS")),
    ("preview_resizer", publish("orders.placed")),
    ("preview_resizer", publish("$JS.API.CONSUMER.MSG.NEXT.ORDERS.fulfilment")),
    # Without the group each member would get every job, and each price two answers.
    ("preview_resizer", subscribe("jobs.resize")),
    ("price_responder", subscribe("price.lookup")),
    ("price_responder", subscribe("price.lookup.many")),
    ("price_responder", publish("catalog.price_changed")),
    ("price_responder", publish("orders.placed")),
    ("order_listener", publish("orders.placed")),
    ("order_listener", subscribe("jobs.resize")),
    # A consumer reads and settles its own durable; none makes or changes one.
    ("fulfilment_consumer", publish("$JS.API.CONSUMER.MSG.NEXT.ORDERS.sales")),
    ("fulfilment_consumer", publish("$JS.ACK.ORDERS.sales.1.1.1.1.0")),
    ("fulfilment_consumer", publish("orders.confirmed")),
    ("notification_consumer", publish("$JS.API.CONSUMER.CREATE.ORDERS.notification")),
    ("notification_consumer", publish("outbox.nudge.jetstream")),
    ("sales_consumer", publish("$JS.API.CONSUMER.DELETE.ORDERS.sales")),
    ("sales_consumer", subscribe("orders.>")),
    ("dead_letter_collector", publish("$JS.API.STREAM.MSG.DELETE.ORDERS")),
    ("dead_letter_collector", publish("$JS.API.CONSUMER.MSG.NEXT.ORDERS.fulfilment")),
    ("celery", publish("orders.placed")),
    ("celery", publish("$JS.API.STREAM.MSG.DELETE.ORDERS")),
    *(("celery", publish(f"$JS.API.CONSUMER.{verb}.ORDERS.sales")) for verb in NOT_CELERYS),
    ("provision", publish("orders.placed")),
    ("provision", publish("$JS.API.STREAM.DELETE.ORDERS")),
    ("provision", publish("$JS.API.STREAM.PURGE.ORDERS")),
    *((user, subscribe(">")) for user in USERS),
    *((user, subscribe("$JS.>")) for user in USERS),
    *((user, publish("$SYS.REQ.SERVER.PING")) for user in USERS),
]
