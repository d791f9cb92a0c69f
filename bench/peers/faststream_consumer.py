"""A peer: FastStream at the durable `fulfilment`, with a handler written by hand."""

import asyncio
import os

import uvloop
from asgiref.sync import sync_to_async
from faststream.nats import JStream, NatsBroker, NatsMessage, PullSub

from bench.peers.by_hand import reserve

broker = NatsBroker(os.environ["NATS_URL"], logger=None)


@broker.subscriber(
    "orders.placed",
    stream=JStream("ORDERS", declare=False),
    durable="fulfilment",
    pull_sub=PullSub(batch_size=25, timeout=1.0),
)
async def handle(message: NatsMessage) -> None:
    """Handle one event; FastStream acknowledges it afterwards."""
    await sync_to_async(reserve)(message.body, message.headers)


async def main() -> None:
    """Consume until the process is stopped."""
    async with broker:
        await broker.start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
