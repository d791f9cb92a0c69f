"""Handles events, each of which records another: the processor time of a hop, traces on or off.

It runs in a build with or without spans: what a step is called there is found out here.
"""

import json
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from typing import ClassVar

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from apps.messaging import outbox  # noqa: E402
from apps.messaging.events.delivery import Delivery, deliver  # noqa: E402
from apps.messaging.events.streams import Consumer, Stream  # noqa: E402
from apps.messaging.hooks import tracing  # noqa: E402
from apps.messaging.message import Envelope, Event  # noqa: E402

HOPS, STEPS = 600, 20_000
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Ticked(Event):
    subject: ClassVar[str] = "bench.ticked"


def delivery(number: int) -> Delivery:
    envelope = Envelope(
        id=str(uuid.uuid4()),
        type=Ticked.ce_type(),
        time=datetime.now(UTC),
        key=str(number),
        traceparent=TRACEPARENT,
    )
    return Delivery(
        consumer="bench",
        subject=Ticked.subject,
        headers=envelope.to_headers(),
        body=b"{}",
        stream="BENCH",
        sequence=number,
        attempt=1,
    )


def tick_again(_event: Ticked) -> None:
    outbox.record(Ticked(), key="bench")


def step() -> Callable[[Delivery], AbstractContextManager[None]]:
    """Return what a consumer enters for each message in this build."""
    if find_spec("apps.messaging.hooks.steps") is None:
        return lambda each: tracing.following(each.headers.get("traceparent", ""))
    processing: Callable[[Delivery], AbstractContextManager[None]] = import_module(
        "apps.messaging.hooks.steps"
    ).processing
    return processing


def microseconds_each(work: Callable[[int], object], count: int) -> float:
    """Return the processor time of one call, that of other threads of this process included."""
    began = time.process_time()
    for number in range(count):
        work(number)
    return (time.process_time() - began) / count * 1e6


def main() -> None:
    call_command("migrate", "messaging", verbosity=0)
    stream = Stream(name="BENCH", subjects=("bench.>",), max_bytes=1 << 20)
    consumer = Consumer(durable="bench", stream=stream, handlers={Ticked: tick_again})
    deliveries, enter = [delivery(number) for number in range(HOPS)], step()

    def enter_and_leave(_number: int) -> None:
        with enter(deliveries[0]):
            pass

    deliver(consumer, delivery(-1))  # The first imports, and connects.
    found = {
        "hop": microseconds_each(lambda number: deliver(consumer, deliveries[number]), HOPS),
        "step": microseconds_each(enter_and_leave, STEPS),
    }
    print(json.dumps(found))


main()
