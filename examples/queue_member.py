"""Is one member of a queue group: start it three times, and each message goes to one of them."""

import asyncio
import os

import nats


async def main() -> None:
    server = os.environ.get("NATS_URL", "nats://localhost:4222")
    user, password = os.environ.get("NATS_USER"), os.environ.get("NATS_PASSWORD")
    nc = await nats.connect(server, user=user, password=password)
    subscription = await nc.subscribe("jobs.resize", queue="resizers")
    async for message in subscription.messages:
        print("resizing", message.data.decode(), flush=True)


asyncio.run(main())
