"""A loop that runs in a thread of the test says where it stands if the test fails."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import pytest

from apps.messaging.worker.lifecycle import Worker
from tests.support.running import running


async def waiting(worker: Worker) -> None:
    worker.ready()
    await worker.stopping.wait()


async def failing(_worker: Worker) -> None:
    await asyncio.sleep(0)
    raise LookupError("no tea")


def note_of_a_failure(loop: Callable[[Worker], Awaitable[None]]) -> str:
    with pytest.raises(AssertionError) as failed, running(loop):
        raise AssertionError
    return "\n".join(failed.value.__notes__)


def test_a_failed_test_says_where_the_loop_waits() -> None:
    note = note_of_a_failure(waiting)
    assert "thread running-test:" in note
    assert re.search(r"test_running\.py:\d+ waiting\n", note)


def test_a_failed_test_says_what_the_loop_ended_with() -> None:
    assert "the loop test ended with LookupError('no tea')" in note_of_a_failure(failing)
