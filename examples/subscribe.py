"""Prints each message that is published below `orders` while it listens."""

import asyncio
import os

import nats


async def main() -> None:
    server = os.environ.get("NATS_URL", "nats://localhost:4222")
    user, password = os.environ.get("NATS_USER"), os.environ.get("NATS_PASSWORD")
    nc = await nats.connect(server, user=user, password=password)
    subscription = await nc.subscribe("orders.>")
    async for message in subscription.messages:
        print(message.subject, message.data.decode(), flush=True)


asyncio.run(main())
