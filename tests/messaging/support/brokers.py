"""Short functions that ask a real nats-server for the facts that tests need."""

import asyncio
import json
import shutil
import uuid
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError, ServerError

from apps.messaging.brokers.nats_py_fixes import PatchedClient
from apps.messaging.events.streams import Consumer
from apps.messaging.operations.provisioning import provision_jetstream
from tests.messaging.support.events import TEAS, TeaBrewed, make_headers
from tests.support.nats_server import NatsServer
from tests.support.waiting import eventually


class PatientClient(PatchedClient):
    """Waits longer than nats-py's five seconds for an answer of JetStream."""

    def jetstream(self, **options: Any) -> JetStreamContext:
        return super().jetstream(**{"timeout": 60, **options})


def on_nats[T](server: NatsServer, work: Callable[[PatchedClient], Coroutine[Any, Any, T]]) -> T:
    """Do something on a connection of its own, as a foreign client would; its `flush` is true."""

    async def connect_and_work() -> T:
        nc = PatientClient()
        await nc.connect(server.url)
        try:
            return await work(nc)
        finally:
            await nc.close()

    return asyncio.run(connect_and_work())


def provision(server: NatsServer, *consumers: Consumer) -> None:
    on_nats(server, lambda nc: provision_jetstream(nc, streams=[TEAS], consumers=[*consumers]))


def forget(server: NatsServer, stream: str = TEAS.name) -> None:
    """Delete a stream completely: the next one with its name begins at 1.

    In some of a hundred deletions the server (2.15.1) leaves files behind, or writes some again. A
    stream with the same name then has old messages, or continues the sequence.
    """

    async def delete(nc: Client) -> None:
        with suppress(NotFoundError):
            await nc.jetstream().delete_stream(stream)
        shutil.rmtree(server.streams / stream, ignore_errors=True)

    async def starts_at_one(nc: Client) -> bool:
        await delete(nc)
        try:
            made = await nc.jetstream().add_stream(name=stream, subjects=[f"probe.{stream}"])
        except ServerError:
            return False  # It still deletes the files of the old stream.
        return made.state.last_seq == 0

    eventually(lambda: on_nats(server, starts_at_one), what=f"{stream} begins at 1")
    on_nats(server, delete)


def publish(server: NatsServer, *, cups: int = 1, headers: dict[str, str] | None = None) -> None:
    """Store an event without `Nats-Msg-Id`: the stream cannot know a duplicate."""
    publish_raw(server, json.dumps({"cups": cups}).encode(), make_headers() | (headers or {}))


def publish_raw(server: NatsServer, body: bytes, headers: dict[str, str] | None = None) -> None:
    async def send(nc: Client) -> None:
        await nc.jetstream().publish(TeaBrewed.subject, body, headers=headers)

    on_nats(server, send)


def stored(server: NatsServer) -> int:
    async def ask(nc: Client) -> int:
        return (await nc.jetstream().stream_info(TEAS.name)).state.messages

    return on_nats(server, ask)


def unsettled(server: NatsServer) -> int:
    """Return how many messages the durable `drinker` has not settled yet."""
    return on_nats(server, lambda nc: unsettled_of(nc, TEAS.name, "drinker"))


async def unsettled_of(nc: Client, stream: str, durable: str) -> int:
    """Return how many messages a durable has not settled yet.

    Its own `num_pending` may still lack a stored message. That of a new consumer is exact.
    """
    jetstream = nc.jetstream()
    info = await jetstream.consumer_info(stream, durable)
    rest = ConsumerConfig(
        name=f"rest-{uuid.uuid4().hex}",
        ack_policy=AckPolicy.NONE,
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=(info.delivered.stream_seq if info.delivered else 0) + 1,
        filter_subject=info.config.filter_subject,
        filter_subjects=info.config.filter_subjects,
        mem_storage=True,
    )
    counted = await jetstream.add_consumer(stream, rest)
    await jetstream.delete_consumer(stream, counted.name)
    return (info.num_ack_pending or 0) + (counted.num_pending or 0)
