"""Publish messages to JetStream and wait for each acknowledgement: no outbox, no database.

It is lean: one inbox for all acknowledgements, and one future for a batch instead of one for each
message. Usage: `publish_only COUNT`. Each message has an id, so that the server finds repeats.
"""

import asyncio
import os
import sys
import uuid

import nats
import uvloop
from nats.aio.client import Client
from nats.aio.msg import Msg

BATCH = 500
SKUS = ("SKU-0001", "SKU-0008", "SKU-0015")


class Publisher:
    """Counts the acknowledgements of a batch."""

    def __init__(self, nc: Client) -> None:
        self.nc, self.inbox = nc, nc.new_inbox()
        self.left, self.acknowledged = 0, asyncio.Event()

    async def publish(self, bodies: list[tuple[str, bytes]]) -> None:
        """Publish a batch, and return when all of it is stored."""
        self.left = len(bodies)
        self.acknowledged.clear()
        for number, (message_id, body) in enumerate(bodies):
            await self.nc.publish(
                "orders.placed",
                body,
                reply=f"{self.inbox}.{number}",
                headers={"Nats-Msg-Id": message_id},
            )
        await self.acknowledged.wait()

    async def count(self, ack: Msg) -> None:
        if b'"error"' in ack.data:
            sys.exit(f"not stored: {ack.data!r}")
        self.left -= 1
        if not self.left:
            self.acknowledged.set()


def message() -> tuple[str, bytes]:
    """Return an id and a body as long as that of an order of three lines."""
    message_id = str(uuid.uuid4())
    lines = ",".join(
        f'{{"sku":"{sku}","name":"Product {sku}","quantity":1,"price":4.0}}' for sku in SKUS
    )
    body = f'{{"id":"{message_id}","total":12.0,"currency":"GBP","lines":[{lines}]}}'
    return message_id, body.encode()


async def main(count: int) -> None:
    """Publish them all, then wait to be stopped: what is measured is still running."""
    messages = [message() for _ in range(count)]
    publisher = Publisher(await nats.connect(os.environ["NATS_URL"]))
    await publisher.nc.subscribe(f"{publisher.inbox}.*", cb=publisher.count)
    for first in range(0, count, BATCH):
        await publisher.publish(messages[first : first + BATCH])
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
