"""Operations that `developer` of `deploy/nats.conf` needs, and operations that must be refused.

The user is for people at a terminal: the commands of tutorials for streams and consumers work, but
cannot change a durable of the shop.
"""

from collections.abc import Iterator

import nats.js.errors
import pytest
from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig

from tests.deploy.nats_rights import DURABLES, publish, read_by_sequence, subscribe
from tests.deploy.nats_users import Work

VERBS = ("CREATE", "DURABLE.CREATE", "DELETE", "MSG.NEXT", "PAUSE", "RESET", "UNPIN")
"""Operations on a consumer, by the words of their subjects; to read one is harmless."""


async def look_at_streams(nc: Client) -> None:
    await nc.jetstream().account_info()
    assert await nc.jetstream().streams_info()
    assert await nc.jetstream().consumers_info("ORDERS")


async def have_a_durable_of_my_own(nc: Client) -> None:
    """`nats consumer add`, `next`, `info`, `pause` and `rm`."""
    subscription = await nc.jetstream().pull_subscribe("", durable="workers", stream="ORDERS")
    (message,) = await subscription.fetch(1, timeout=60)
    await message.ack_sync()
    await nc.jetstream().consumer_info("ORDERS", "workers")
    for verb in ("PAUSE", "RESET"):
        await nc.request(f"$JS.API.CONSUMER.{verb}.ORDERS.workers", b"{}", timeout=60)
    await nc.jetstream().delete_consumer("ORDERS", "workers")


async def have_a_durable_of_some_subjects(nc: Client) -> None:
    """As clients of today ask for it: the filter stands in the subject, after the name."""
    config = ConsumerConfig(
        name="mine", durable_name="mine", filter_subject="orders.placed", inactive_threshold=60
    )
    await nc.jetstream().add_consumer("ORDERS", config)
    await nc.jetstream().delete_consumer("ORDERS", "mine")


async def replay_all_events(nc: Client) -> None:
    """`nats sub --stream ORDERS --all`: pushed to an inbox, by a consumer that soon ends."""
    inbox = nc.new_inbox()
    replies = await nc.subscribe(inbox)
    config = ConsumerConfig(name="seen", deliver_subject=inbox, ack_policy=AckPolicy.NONE)
    await nc.jetstream().add_consumer("ORDERS", config)
    assert (await replies.next_msg(timeout=60)).subject.startswith("orders.")
    await nc.jetstream().delete_consumer("ORDERS", "seen")


async def add_the_stream_that_is_there(nc: Client) -> None:
    """`nats stream add ORDERS --subjects "orders.>"` says so, and leaves it as it is."""
    before = (await nc.jetstream().stream_info("ORDERS")).config
    with pytest.raises(nats.js.errors.BadRequestError, match="already in use"):
        await nc.jetstream().add_stream(name="ORDERS", subjects=["orders.>"])
    assert (await nc.jetstream().stream_info("ORDERS")).config == before


def not_the_developers() -> Iterator[str]:
    """Operations that would change or read a durable of the shop, or settle its messages."""
    for durable in DURABLES.values():
        yield f"$JS.ACK.ORDERS.{durable}.1.1.1.1.0"
        yield f"$JS.ACK._.hash.ORDERS.{durable}.1.1.1.1.0"
        for verb in VERBS:
            yield f"$JS.API.CONSUMER.{verb}.ORDERS.{durable}"
        yield f"$JS.API.CONSUMER.CREATE.ORDERS.{durable}.orders.placed"
    for stream, durable in (("ADVISORIES", "dead_letter_collector"), ("LAB", "lab")):
        for verb in VERBS:
            yield f"$JS.API.CONSUMER.{verb}.{stream}.{durable}"


NEEDS: list[tuple[str, Work[object]]] = [
    ("developer", subscribe("orders.>")),
    ("developer", publish("orders.placed")),
    ("developer", subscribe("jobs.resize", "resizers")),
    ("developer", publish("catalog.price_changed")),
    ("developer", look_at_streams),
    ("developer", read_by_sequence),
    ("developer", have_a_durable_of_my_own),
    ("developer", have_a_durable_of_some_subjects),
    ("developer", replay_all_events),
    ("developer", add_the_stream_that_is_there),
]

MUST_NOT: list[tuple[str, Work[object]]] = [
    ("developer", publish("$JS.API.STREAM.DELETE.ORDERS")),
    ("developer", publish("$JS.API.STREAM.UPDATE.ORDERS")),
    ("developer", publish("$JS.API.STREAM.PURGE.ORDERS")),
    ("developer", publish("$JS.API.STREAM.MSG.DELETE.ORDERS")),
    ("developer", publish("$JS.API.STREAM.RESTORE.ORDERS")),
    ("developer", publish("$JS.API.STREAM.CREATE.MINE")),
    ("developer", publish("$JS.API.CONSUMER.CREATE.ORDERS")),
    *(("developer", publish(subject)) for subject in not_the_developers()),
    ("developer", publish("outbox.nudge.jetstream")),
]
