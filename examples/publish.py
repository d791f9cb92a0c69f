"""Publishes one message on a subject; core NATS stores it nowhere."""

import asyncio
import json
import os

import nats


async def main() -> None:
    server = os.environ.get("NATS_URL", "nats://localhost:4222")
    user, password = os.environ.get("NATS_USER"), os.environ.get("NATS_PASSWORD")
    nc = await nats.connect(server, user=user, password=password)
    await nc.publish("orders.placed", json.dumps({"id": 42, "total": 19.99}).encode())
    await nc.drain()  # Sends what waits in the client, then closes the connection.


asyncio.run(main())
