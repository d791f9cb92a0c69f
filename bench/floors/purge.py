"""Empty the stream ORDERS; its durables stay."""

import asyncio
import os

import nats


async def purge() -> None:
    """Delete all messages, and wait for the answer."""
    nc = await nats.connect(os.environ["NATS_URL"])
    await nc.jetstream().purge_stream("ORDERS")
    await nc.close()


if __name__ == "__main__":
    asyncio.run(purge())
