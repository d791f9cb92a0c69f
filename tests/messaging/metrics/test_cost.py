"""What measuring costs, as processor time of the same work with and without it, in turns."""

import asyncio
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from statistics import median

import pytest

from apps.messaging.events.batch_delivery import deliver_batch
from apps.messaging.events.delivery import deliver
from apps.messaging.models import OutboxMessage
from apps.messaging.outbox.batches import Batches
from apps.messaging.outbox.relay import relay_batch
from apps.messaging.outbox.rows import Claimed, Outcome, Sent
from tests.messaging.metrics.measured import measured
from tests.messaging.support.events import TeaBrewed, make_consumer, make_delivery, make_headers
from tests.messaging.support.rows import record

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROUNDS = 7
ONE_BY_ONE = make_consumer(lambda event: None)
TOGETHER = make_consumer(lambda event: None, batch_handlers={TeaBrewed: lambda events: None})


def handle_one_by_one() -> None:
    for sequence in range(100):
        deliver(ONE_BY_ONE, make_delivery(headers=make_headers(), sequence=sequence))


def handle_together() -> None:
    for _ in range(10):
        deliver_batch(TOGETHER, [make_delivery(headers=make_headers()) for _ in range(50)])


async def all_sent(rows: list[Claimed]) -> Mapping[int, Outcome]:
    return {row.id: Sent(row.id) for row in rows}


def relay() -> None:
    asyncio.run(relay_batch(Batches("jetstream"), all_sent))
    OutboxMessage.objects.update(sent_at=None, lease_until=None, lease_token="")


def seconds_of(work: Callable[[], None], way: AbstractContextManager[None]) -> float:
    with way:
        began = time.process_time()
        work()
        return time.process_time() - began


@pytest.mark.parametrize("work", [handle_one_by_one, handle_together, relay])
def test_measuring_takes_less_than_a_quarter_more_processor_time(work: Callable[[], None]) -> None:
    if work is relay:
        record(*(f"pot-{number}" for number in range(200)))
    seconds_of(work, nullcontext())  # Imports and compiled statements.
    ratios = [seconds_of(work, measured()) / seconds_of(work, nullcontext()) for _ in range(ROUNDS)]
    sys.stdout.write(f"{work.__name__}: {median(ratios):.3f} of the time without, {ratios}\n")
    assert median(ratios) < 1.25
