"""SQS jobs that take longer than their visibility timeout, are lost, or cannot be deleted."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from apps.messaging import hooks
from apps.messaging.brokers import sqs
from apps.messaging.jobs import in_flight
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.job_queue import counts, provision
from apps.messaging.jobs.receipts import extend
from apps.messaging.jobs.worker import working
from tests.messaging.support.jobs import CUPS, send
from tests.support.moto_server import MotoServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]

TIMEOUT = 1
"""Seconds until a job comes again: for tests in which it does."""
LONG = 6
"""Seconds, for tests in which it must not: longer than a busy machine may stand still."""


@pytest.fixture(autouse=True)
def queue(sqs_server: MotoServer, settings: Settings) -> None:
    settings.SQS_VISIBILITY_TIMEOUT = TIMEOUT
    provision(CUPS)


@pytest.fixture
def long_leases(queue: None, settings: Settings) -> None:
    settings.SQS_VISIBILITY_TIMEOUT = LONG
    provision(CUPS)


class Washer:
    """A handler that counts its jobs, and takes as long as the test wants."""

    def __init__(self) -> None:
        self.washed: Counter[str] = Counter()
        self.go_on = threading.Event()

    def __call__(self, job: ReceivedJob) -> None:
        self.washed[job.body] += 1
        assert self.go_on.wait(20)


@pytest.fixture
def washer() -> Washer:
    return Washer()


@pytest.fixture
def two_workers(washer: Washer) -> Iterator[None]:
    """Each does one job at a time, so that a busy worker asks for no more."""
    one, two = (working(CUPS, washer, concurrency=1) for _ in range(2))
    with running(one, name="one"), running(two, name="two"):
        yield
        washer.go_on.set()


def is_empty() -> bool:
    return counts(CUPS) == {"visible": 0, "in_flight": 0}


@pytest.mark.usefixtures("long_leases", "two_workers")
def test_a_long_job_with_a_heartbeat_runs_once(washer: Washer) -> None:
    send("cup")
    eventually(lambda: washer.washed["cup"])
    time.sleep(1.5 * LONG)
    washer.go_on.set()
    eventually(is_empty)
    assert washer.washed == {"cup": 1}


@pytest.mark.usefixtures("two_workers")
def test_a_long_job_without_a_heartbeat_runs_twice(washer: Washer) -> None:
    with hooks.attached("job.heartbeat", lambda: True):
        send("cup")
        eventually(lambda: washer.washed["cup"] == 2, within=5)
        washer.go_on.set()
        eventually(is_empty)


def is_first_time(jobs: Sequence[ReceivedJob]) -> bool:
    return all(job.attempt == 1 for job in jobs)


def test_the_first_worker_does_not_delete_a_redelivered_job(
    washer: Washer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Moto extends and deletes a job that another worker has received; SQS would not.
    lost = threading.Event()

    def lose(jobs: Sequence[ReceivedJob]) -> list[ReceivedJob]:
        if washer.washed and is_first_time(jobs):
            lost.set()
            return list(jobs)
        return extend(jobs)

    monkeypatch.setattr(in_flight, "extend", lose)
    send("cup")
    with running(working(CUPS, washer, concurrency=1)):
        assert lost.wait(60)
        washer.go_on.set()
        eventually(lambda: washer.washed["cup"] == 2, what="it has come again")


def test_a_lost_job_can_return_to_its_busy_process(
    washer: Washer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_once(jobs: Sequence[ReceivedJob]) -> list[ReceivedJob]:
        if washer.washed["cup"] == 1 and is_first_time(jobs):
            return list(jobs)
        return extend(jobs)

    monkeypatch.setattr(in_flight, "extend", lose_once)
    send("cup")
    with running(working(CUPS, washer, concurrency=2)):
        eventually(lambda: washer.washed["cup"] == 2, what="it has come again")
        washer.go_on.set()
        eventually(is_empty)


@pytest.mark.usefixtures("long_leases")
def test_jobs_that_a_batch_failed_to_delete_are_deleted_later(
    washer: Washer, monkeypatch: pytest.MonkeyPatch
) -> None:
    washer.go_on.set()
    refused = Refusals(sqs.client().delete_message_batch)
    monkeypatch.setattr(sqs.client(), "delete_message_batch", refused)
    send(*[f"cup {number}" for number in range(5)])
    with running(working(CUPS, washer)):
        eventually(is_empty)
    assert refused.count == 1
    assert set(washer.washed.values()) == {1}


@pytest.mark.usefixtures("long_leases")
def test_a_heartbeat_rejected_by_a_busy_sqs_loses_no_job(
    washer: Washer, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = Refusals(sqs.client().change_message_visibility_batch)
    monkeypatch.setattr(sqs.client(), "change_message_visibility_batch", refused)
    leases: list[bool] = []

    def wash(job: ReceivedJob) -> None:
        washer(job)
        leases.append(job.lease.is_lost)

    send("cup")
    with running(working(CUPS, wash)):
        eventually(lambda: refused.count, within=20)
        time.sleep(1.5 * LONG)
        washer.go_on.set()
        eventually(is_empty)
    assert (leases, washer.washed) == ([False], {"cup": 1})


class Refusals:
    """Fails the first entry of the first batch, as SQS does when it is busy."""

    def __init__(self, call: Any) -> None:
        self.call, self.count = call, 0

    def __call__(self, **request: Any) -> dict[str, Any]:
        if self.count:
            return dict(self.call(**request))
        self.count += 1
        first, *rest = request["Entries"]
        failed = {"Id": first["Id"], "Code": "InternalError", "SenderFault": False}
        answer = self.call(**request | {"Entries": rest}) if rest else {"Successful": []}
        return dict(answer) | {"Failed": [failed]}
