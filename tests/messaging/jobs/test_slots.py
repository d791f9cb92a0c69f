"""The threads that handle jobs: what they take, and when its verdict is there."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

import pytest

from apps.messaging.handling.database import DatabaseAway
from apps.messaging.handling.verdicts import Ack, Retry, Verdict
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.slots import Handled, Slots
from tests.messaging.support.jobs import make_received

pytestmark = pytest.mark.django_db(transaction=True)


def always() -> bool:
    return True


@contextmanager
def slots_of(deliver: Callable[[ReceivedJob], Verdict], *bodies: str) -> Iterator[Slots]:
    slots = Slots(1, deliver)
    for body in bodies:
        slots.put(make_received(body=body))
    try:
        yield slots
    finally:
        slots.end()


async def bodies_of(handled: AsyncIterator[list[Handled]]) -> list[str]:
    return [each.job.body async for batch in handled for each in batch]


def test_a_slot_handles_job_after_job_in_one_thread() -> None:
    threads: list[str] = []

    def note(job: ReceivedJob) -> Verdict:
        threads.append(f"{threading.get_ident()}")
        return Ack()

    async def handle() -> list[str]:
        with slots_of(note, "a", "b", "c") as slots:
            return await bodies_of(slots.handle(while_true=always))

    assert asyncio.run(handle()) == ["a", "b", "c"]
    assert len({*threads}) == 1


def test_a_verdict_does_not_wait_for_the_next_job() -> None:
    go_on = threading.Event()

    def wait(job: ReceivedJob) -> Verdict:
        assert job.body == "quick" or go_on.wait(20)
        return Ack()

    async def handle() -> list[str]:
        with slots_of(wait, "quick", "slow") as slots:
            seen = []
            async for batch in slots.handle(while_true=always):
                seen += [each.job.body for each in batch]
                go_on.set()  # Only now: the first is there while the second is at work.
            return seen

    assert asyncio.run(handle()) == ["quick", "slow"]


@pytest.mark.parametrize("outcome", [Retry(1), DatabaseAway()])
def test_no_job_is_begun_before_a_failure_is_settled(outcome: Verdict | DatabaseAway) -> None:
    def fail(job: ReceivedJob) -> Verdict:
        if isinstance(outcome, DatabaseAway):
            raise outcome
        return outcome

    async def handle() -> tuple[list[str], list[str]]:
        with slots_of(fail, "a", "b") as slots:
            handled = await bodies_of(slots.handle(while_true=always))
            return handled, [job.body for job in slots.take_back()]

    assert asyncio.run(handle()) == (["a"], ["b"])


def test_no_job_is_begun_once_none_may_begin() -> None:
    async def handle() -> tuple[list[str], int]:
        with slots_of(lambda job: Ack(), "a", "b") as slots:
            handled = await bodies_of(slots.handle(while_true=lambda: len(slots.waiting) > 1))
            return handled, len(slots.take_back())

    assert asyncio.run(handle()) == (["a"], 1)
