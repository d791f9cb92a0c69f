"""Threads that are kept from call to call."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from apps.messaging.worker.threads import KeptThreads
from tests.support.waiting import eventually


async def results(threads: KeptThreads, *calls: Callable[[], object]) -> list[object]:
    return await asyncio.gather(*map(threads.run, calls), return_exceptions=True)


def test_a_thread_is_kept_after_a_call_that_fails() -> None:
    threads = KeptThreads(1, name="kept")

    def fail() -> None:
        raise RuntimeError("tea")

    first, failed, second = asyncio.run(
        results(threads, threading.get_ident, fail, threading.get_ident)
    )
    assert first == second
    assert isinstance(failed, RuntimeError)


def test_calls_run_beside_each_other() -> None:
    both = threading.Barrier(2, timeout=60)
    threads = KeptThreads(2, name="kept")
    assert sorted(asyncio.run(results(threads, both.wait, both.wait))) == [0, 1]  # type: ignore[type-var]


@pytest.mark.django_db(transaction=True)
def test_threads_end_after_their_present_calls() -> None:
    threads = KeptThreads(2, name="to be ended")
    asyncio.run(results(threads, threading.get_ident))
    threads.end()
    eventually(lambda: "to be ended" not in {each.name for each in threading.enumerate()})
