"""The loop of periodic work: what is due is done, and what fails delays nothing else."""

import threading
from collections.abc import Callable

import pytest
from django.db import OperationalError

from apps.messaging.worker import periodic
from apps.messaging.worker.lifecycle import Worker
from apps.messaging.worker.periodic import Every, repeating
from tests.support.running import running
from tests.support.waiting import eventually

HOUR = 3600.0


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periodic, "LOOK_EVERY_SECONDS", 0.01)
    monkeypatch.setattr(periodic, "AGAIN_AFTER_SECONDS", 0.01)


class Cleaner:
    """Work that counts how often it was done, and fails on request."""

    def __init__(self) -> None:
        self.done = 0
        self.failures: list[Exception] = []

    def clean(self) -> None:
        self.done += 1
        if self.failures:
            raise self.failures.pop()


@pytest.fixture
def cleaner() -> Cleaner:
    return Cleaner()


def done(cleaner: Cleaner, times: int) -> Callable[[], bool]:
    return lambda: cleaner.done >= times


def test_work_is_done_at_the_start_and_again_after_its_interval(cleaner: Cleaner) -> None:
    rare = Cleaner()
    schedule = [Every(seconds=0.02, work=cleaner.clean), Every(seconds=HOUR, work=rare.clean)]
    with running(repeating(*schedule)):
        eventually(done(cleaner, 3))
    assert rare.done == 1


def test_work_that_fails_is_logged_and_waits_for_its_next_time(
    cleaner: Cleaner, caplog: pytest.LogCaptureFixture
) -> None:
    cleaner.failures = [RuntimeError("no water")]
    other = Cleaner()
    schedule = [Every(seconds=HOUR, work=cleaner.clean), Every(seconds=0.02, work=other.clean)]
    with running(repeating(*schedule)):
        eventually(done(other, 3))
    assert cleaner.done == 1
    (line,) = (each for each in caplog.records if each.message == "periodic work failed")
    assert line.work.endswith("Cleaner.clean")  # type: ignore[attr-defined]


def test_work_that_the_database_refuses_is_done_again_soon(cleaner: Cleaner) -> None:
    cleaner.failures = [OperationalError("read-only")]
    with running(repeating(Every(seconds=HOUR, work=cleaner.clean))):
        eventually(done(cleaner, 2))
    assert cleaner.done == 2


def test_a_stop_waits_for_work_that_has_begun() -> None:
    begun, ended = threading.Event(), threading.Event()
    workers: list[Worker] = []

    def work() -> None:
        begun.set()
        eventually(lambda: workers and workers[0].stopping.is_set())
        ended.set()

    with running(repeating(Every(seconds=HOUR, work=work))) as worker:
        workers.append(worker)
        assert begun.wait(20)
    assert ended.is_set()


def test_a_stop_leaves_work_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periodic, "STOP_SECONDS", 0.05)
    begun, go_on = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go_on.wait(20)

    with running(repeating(Every(seconds=HOUR, work=work))):
        assert begun.wait(20)
    go_on.set()
