"""A worker with several loops is as ready, and as old, as the one that is furthest back."""

import time

import pytest

from apps.messaging.worker.lifecycle import Worker

HOUR = 3600.0


@pytest.fixture
def worker() -> Worker:
    return Worker("test")


def test_a_worker_is_ready_when_each_of_its_loops_is(worker: Worker) -> None:
    changes: list[bool] = []
    worker.on_change = lambda: changes.append(worker.is_ready)
    first, second = worker.part(), worker.part()
    first.ready()
    assert not worker.is_ready
    second.ready()
    second.step()
    first.not_ready()
    assert changes == [True, False]


def test_the_last_step_of_a_worker_is_that_of_its_slowest_loop(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = worker.part(), worker.part()
    first.ready()
    second.ready()
    before = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: before + HOUR)
    first.ready()
    assert worker.last_step <= before
    assert worker.stands_since == worker.last_step


def test_a_loop_that_waits_for_its_broker_does_not_stand_still(worker: Worker) -> None:
    first, second = worker.part(), worker.part()
    first.ready()
    second.ready()
    assert worker.stands_since == first.last_step
    first.not_ready()
    assert worker.stands_since == second.last_step


def test_a_loop_that_fails_ends_its_worker(worker: Worker) -> None:
    worker.part().fail("no more")
    assert (worker.failure, worker.stopping.is_set()) == ("no more", True)
