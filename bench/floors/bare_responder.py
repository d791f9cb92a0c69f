"""A price responder of nats-py alone: a dictionary answers, and nothing is checked."""

import asyncio
import json
import os

import nats
import uvloop
from nats.aio.msg import Msg

PRICES = {
    f"SKU-{number:04}": {"sku": f"SKU-{number:04}", "price": 4.0, "currency": "GBP"}
    for number in range(1, 31)
}


async def main() -> None:
    """Answer until the process is stopped."""
    nc = await nats.connect(os.environ["NATS_URL"])

    async def answer(question: Msg) -> None:
        price = PRICES[json.loads(question.data)["sku"]]
        await nc.publish(question.reply, json.dumps(price).encode())

    await nc.subscribe("price.lookup", queue="pricing", cb=answer)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
