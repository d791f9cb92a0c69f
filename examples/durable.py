"""Stores an event in a stream, pulls it through a durable consumer, and acknowledges it."""

import asyncio
import os

import nats
from nats.js.errors import NotFoundError


async def main() -> None:
    server = os.environ.get("NATS_URL", "nats://localhost:4222")
    user, password = os.environ.get("NATS_USER"), os.environ.get("NATS_PASSWORD")
    nc = await nats.connect(server, user=user, password=password)
    js = nc.jetstream()
    try:
        await js.stream_info("ORDERS")  # The shop has one.
    except NotFoundError:
        await js.add_stream(name="ORDERS", subjects=["orders.>"])
    stored = await js.publish("orders.placed", b'{"id": 99}')
    print("stored as", stored.seq)
    workers = await js.pull_subscribe("orders.>", durable="workers", stream="ORDERS")
    for message in await workers.fetch(10, timeout=5):
        print(message.metadata.sequence.stream, message.subject)
        await message.ack()
    await workers.unsubscribe()  # Or drain() may wait half a minute for this subscription.
    await nc.drain()


asyncio.run(main())
