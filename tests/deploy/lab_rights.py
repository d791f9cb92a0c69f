"""Operations that users of `deploy/nats.conf` need for the lab, and that must be refused."""

from contextlib import suppress

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig
from nats.js.errors import NotFoundError

from apps.lab.consumer.workbenches import NUMBERS
from apps.lab.models import Workbench
from apps.messaging.brokers.nats_py_fixes import PatchedClient
from tests.deploy.nats_rights import (
    DURABLES,
    publish,
    pull_and_settle,
    read_by_a_new_consumer,
    subscribe,
)
from tests.deploy.nats_users import USERS, Work

# Users that report messages to the lab and receive faults; all but those that only read.
TELL_THE_LAB = sorted(set(USERS) - {"provision", "web", "lab", "developer"})


async def read_the_labs_stream(nc: PatchedClient) -> None:
    await nc.publish("lab.kept.note", b"{}")
    await nc.flush()
    await pull_and_settle("LAB", "lab")(nc)


async def answer_a_question(nc: Client) -> None:
    """As a member does; the requester has another user's inbox."""

    async def answer(msg: Msg) -> None:
        await nc.publish(msg.reply, b"mine")

    await nc.subscribe("lab.question.1", queue="lab", cb=answer)
    assert (await nc.request("lab.question.1", timeout=60)).data == b"mine"


async def be_the_consumer(nc: PatchedClient) -> None:
    """As a visitor of the lab does: a durable of his own, for which it deletes an older one."""
    jetstream, name = nc.jetstream(), str(Workbench(number=NUMBERS[-1]))
    with suppress(NotFoundError):
        await jetstream.delete_consumer("ORDERS", name)
    config = ConsumerConfig(name=name, durable_name=name, filter_subjects=["orders.>"])
    await jetstream.add_consumer("ORDERS", config)
    await pull_and_settle("ORDERS", name)(nc)
    await jetstream.delete_consumer("ORDERS", name)


NEEDS: list[tuple[str, Work[object]]] = [
    *((user, publish("lab.hops")) for user in TELL_THE_LAB),
    *((user, publish("lab.alive")) for user in TELL_THE_LAB),
    *((user, subscribe("lab.faults")) for user in TELL_THE_LAB),
    ("web", subscribe("lab.hops")),
    ("web", subscribe("lab.alive")),
    ("web", publish("lab.faults")),
    ("web", publish("lab.group.1")),
    ("outbox_relay", publish("lab.kept.note")),
    ("lab", subscribe("lab.group.1", "lab")),
    ("lab", answer_a_question),
    ("lab", read_the_labs_stream),
    ("lab", read_by_a_new_consumer),
    ("lab", be_the_consumer),
    *(("lab", publish(f"$JS.API.STREAM.PURGE.{name}")) for name in ("ORDERS", "LAB", "ADVISORIES")),
]

MUST_NOT: list[tuple[str, Work[object]]] = [
    # A user that reports to the lab cannot read other reports, and cannot set faults.
    *((user, subscribe("lab.hops")) for user in TELL_THE_LAB),
    *((user, publish("lab.faults")) for user in TELL_THE_LAB),
    ("image_resizer", publish("orders.placed")),
    ("beat", publish("jobs.resize")),
    ("lab", publish("orders.placed")),
    ("lab", publish("jobs.resize")),
    ("lab", subscribe("orders.>")),
    ("lab", publish("$JS.ACK.ORDERS.fulfilment.1.1.1.1.0")),
    ("lab", publish("$JS.API.CONSUMER.CREATE.ORDERS")),
    ("lab", publish(f"$JS.API.CONSUMER.DELETE.ORDERS.by-hand-{NUMBERS[-1] + 1}")),
    *(("lab", publish(f"$JS.API.CONSUMER.DELETE.ORDERS.{name}")) for name in DURABLES.values()),
    *(("lab", publish(f"$JS.API.CONSUMER.CREATE.ORDERS.{name}")) for name in DURABLES.values()),
    *(("lab", publish(f"$JS.API.CONSUMER.MSG.NEXT.ORDERS.{name}")) for name in DURABLES.values()),
    ("lab", publish("$JS.API.STREAM.DELETE.LAB")),
]
