"""Fixes of nats-py's JetStream: every publish gets an answer, and its permit is given back."""

import asyncio
from collections.abc import Awaitable, Callable

import nats
import nats.errors
import pytest
from nats.aio.client import Client
from nats.js.errors import NoStreamResponseError, ServiceUnavailableError

from apps.messaging.brokers.jetstream_fixes import PatchedJetStream
from apps.messaging.errors import MessageTooLarge
from apps.messaging.events.streams import Stream
from apps.messaging.operations.provisioning import provision_jetstream
from tests.messaging.support.brokers import on_nats
from tests.support.nats_server import NatsServer

TINY = Stream(name="TINY", subjects=("tiny.>",), max_bytes=16)


def test_the_future_raises_the_rejection_of_a_full_stream(nats_server: NatsServer) -> None:
    async def publish(nc: Client) -> None:
        await provision_jetstream(nc, streams=[TINY], consumers=[])
        future = await PatchedJetStream(nc).publish_async("tiny.cup", b"too much for it")
        try:
            with pytest.raises(ServiceUnavailableError, match="maximum bytes"):
                await asyncio.wait_for(future, 20)
        finally:
            await nc.jetstream().delete_stream(TINY.name)

    on_nats(nats_server, publish)


def test_a_failed_write_gives_its_permit_back(nats_server: NatsServer) -> None:
    async def publish_into_the_void(nc: Client) -> int:
        jetstream = PatchedJetStream(nc, publish_async_max_pending=1)
        with pytest.raises(NoStreamResponseError):
            await (await jetstream.publish_async("nobody.hears"))
        nats_server.kill()
        await until_disconnected(nc)
        for _ in range(3):
            with pytest.raises(nats.errors.OutboundBufferLimitError):
                await jetstream.publish_async("nobody.hears", b"1", wait_stall=0.5)
        await asyncio.sleep(0)  # One turn of the loop gives the permits back.
        return jetstream.publish_async_pending()

    assert asyncio.run(connected_without_buffer(nats_server, publish_into_the_void)) == 0


def test_a_too_large_message_gives_back_its_own_permit_only(
    nats_server: NatsServer,
) -> None:
    async def publish(nc: Client) -> None:
        await provision_jetstream(nc, streams=[TINY], consumers=[])
        jetstream = PatchedJetStream(nc, publish_async_max_pending=2)
        try:
            waits = await jetstream.publish_async("tiny.cup", b"")
            for _ in range(3):
                with pytest.raises(MessageTooLarge):
                    await jetstream.publish_async(
                        "tiny.cup", b"", headers={"leaf": "x" * nc.max_payload}, wait_stall=0.5
                    )
                await asyncio.sleep(0)  # One turn of the loop gives the permit back.
            with pytest.raises(ServiceUnavailableError, match="maximum bytes"):
                await asyncio.wait_for(waits, 20)
        finally:
            await nc.jetstream().delete_stream(TINY.name)

    on_nats(nats_server, publish)


async def connected_without_buffer[T](
    server: NatsServer, work: Callable[[Client], Awaitable[T]]
) -> T:
    nc = await nats.connect(server.url, pending_size=0, error_cb=ignore)
    try:
        return await work(nc)
    finally:
        await nc.close()


async def until_disconnected(nc: Client) -> None:
    async with asyncio.timeout(20):
        while nc.is_connected:
            await asyncio.sleep(0.01)


async def ignore(error: Exception) -> None:
    pass
