"""Place orders one after the other while all is idle, and take the time of each.

Usage: `one_by_one COUNT`. It prints the medians in milliseconds: from the commit to the event at a
subscriber, and from the commit until another transaction sees the order confirmed.
"""

import asyncio
import json
import os
import random
import statistics
import sys
import time

import nats
import uvloop
from asgiref.sync import sync_to_async
from nats.aio.msg import Msg

from apps.orders.models import Order
from bench.programs.place_orders import place

PAUSES_SECONDS = (0.05, 0.15)
"""Longer than an order takes, and of no fixed length: so it meets no timer in step."""
LOOK_EVERY_SECONDS = 0.002
WITHIN_SECONDS = 20.0


def placed() -> tuple[str, float]:
    """Place an order; return its id and when it was committed."""
    order_id = place()
    return order_id, time.perf_counter()


def confirmed(order_id: str) -> float:
    """Return when the order was seen confirmed."""
    mine = Order.objects.filter(id=order_id, status=Order.Status.CONFIRMED)
    end = time.perf_counter() + WITHIN_SECONDS
    while not mine.exists():
        if time.perf_counter() > end:
            sys.exit(f"order {order_id} was not confirmed within {WITHIN_SECONDS:.0f} s")
        time.sleep(LOOK_EVERY_SECONDS)
    return time.perf_counter()


async def main(count: int) -> None:
    """Place them, and print the medians."""
    came: dict[str, asyncio.Future[float]] = {}
    loop = asyncio.get_running_loop()

    async def note(message: Msg) -> None:
        key = (message.headers or {})["ce-subject"]
        came.setdefault(key, loop.create_future()).set_result(time.perf_counter())

    nc = await nats.connect(os.environ["NATS_URL"])
    await nc.subscribe("orders.placed", cb=note)
    await nc.flush()
    stream, end = [], []
    for _ in range(count):
        await asyncio.sleep(random.uniform(*PAUSES_SECONDS))
        order_id, committed = await sync_to_async(placed)()
        arrival = came.setdefault(order_id, loop.create_future())
        stream.append(await asyncio.wait_for(arrival, WITHIN_SECONDS) - committed)
        end.append(await sync_to_async(confirmed)(order_id) - committed)
    medians = {"stream_ms": statistics.median(stream), "confirmed_ms": statistics.median(end)}
    print(json.dumps({name: 1000 * seconds for name, seconds in medians.items()}))


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
