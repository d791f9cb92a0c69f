"""Answers each request for a price; a second one of the same group shares the requests."""

import asyncio
import json
import os

import nats

PRICES = {"ABC": 9.99}


async def main() -> None:
    server = os.environ.get("NATS_URL", "nats://localhost:4222")
    user, password = os.environ.get("NATS_USER"), os.environ.get("NATS_PASSWORD")
    nc = await nats.connect(server, user=user, password=password)
    subscription = await nc.subscribe("price.lookup", queue="pricing")
    async for request in subscription.messages:
        sku = json.loads(request.data)["sku"]
        await request.respond(json.dumps({"sku": sku, "price": PRICES[sku]}).encode())


asyncio.run(main())
