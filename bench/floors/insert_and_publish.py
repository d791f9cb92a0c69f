"""One process that inserts a row, commits, and publishes at once: no outbox, so it may lose events.

Usage: `insert_and_publish COUNT`. It prints the median in milliseconds from the commit to the event
at a subscriber.
"""

import asyncio
import json
import os
import random
import statistics
import sys
import time
import uuid

import nats
import psycopg
import uvloop
from nats.aio.msg import Msg

PAUSES_SECONDS = (0.05, 0.15)


async def main(count: int) -> None:
    """Insert and publish so often, and print the median."""
    came: asyncio.Queue[float] = asyncio.Queue()

    async def note(_: Msg) -> None:
        came.put_nowait(time.perf_counter())

    nc = await nats.connect(os.environ["NATS_URL"])
    await nc.subscribe("orders.floor", cb=note)
    jetstream, taken = nc.jetstream(), []
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as db:
        db.execute("CREATE TABLE floor (id uuid PRIMARY KEY)")
        for _ in range(count):
            await asyncio.sleep(random.uniform(*PAUSES_SECONDS))
            row = uuid.uuid4()
            db.execute("INSERT INTO floor VALUES (%s)", [row])
            committed = time.perf_counter()
            await jetstream.publish("orders.floor", b"{}", headers={"Nats-Msg-Id": str(row)})
            taken.append(await came.get() - committed)
    print(json.dumps({"stream_ms": 1000 * statistics.median(taken)}))


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
