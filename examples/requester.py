"""Asks for a price, and waits for one answer, a second at most."""

import asyncio
import json
import os

import nats


async def main() -> None:
    server = os.environ.get("NATS_URL", "nats://localhost:4222")
    user, password = os.environ.get("NATS_USER"), os.environ.get("NATS_PASSWORD")
    nc = await nats.connect(server, user=user, password=password)
    reply = await nc.request("price.lookup", json.dumps({"sku": "ABC"}).encode(), timeout=1)
    print(reply.data.decode())
    await nc.drain()


asyncio.run(main())
