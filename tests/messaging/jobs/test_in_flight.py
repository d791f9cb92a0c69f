"""The jobs that a worker has in flight: which receipt handle counts, and when a job is lost."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.errors import BrokerAway
from apps.messaging.jobs import in_flight
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.in_flight import JobsInFlight
from apps.messaging.jobs.job_queue import counts, provision
from apps.messaging.jobs.receipts import change_visibility, delete, extend, receive
from tests.messaging.support.jobs import (
    CUPS,
    beat_until,
    make_received,
    receive_one,
    send,
    without_pauses,
)
from tests.support.moto_server import MotoServer
from tests.support.waiting import eventually


@pytest.fixture(autouse=True)
def queue(sqs_server: MotoServer) -> None:
    provision(CUPS)


def test_finished_jobs_are_deleted() -> None:
    send("a")
    job = receive_one()
    holding = JobsInFlight()
    holding.take(job)
    holding.done(job)
    asyncio.run(holding.delete_done())
    assert counts(CUPS) == {"visible": 0, "in_flight": 0}


def test_deleting_handles_more_than_one_batch() -> None:
    send(*[str(number) for number in range(12)])
    holding = JobsInFlight()
    for _ in range(12):
        (job,) = receive(CUPS.name, at_most=1, wait_seconds=2)
        holding.take(job)
        holding.done(job)
    asyncio.run(holding.delete_done())
    assert counts(CUPS) == {"visible": 0, "in_flight": 0}


def test_a_redelivered_job_is_deleted_by_its_newest_handle() -> None:
    send("a")
    job = receive_one()
    holding = JobsInFlight()
    assert holding.take(replace(job, receipt_handle="expired"))
    assert not holding.take(job), "it is one job, to be done once"
    holding.done(job)
    asyncio.run(holding.delete_done())
    assert counts(CUPS) == {"visible": 0, "in_flight": 0}


def test_a_job_received_by_another_worker_is_lost(settings: Settings) -> None:
    settings.SQS_VISIBILITY_TIMEOUT = 1
    send("a")
    ours = receive_one()
    change_visibility([ours], seconds=0)
    delete([receive_one()])
    holding = JobsInFlight()
    holding.take(ours)
    asyncio.run(beat_until(holding, lambda: ours.lease.is_lost))
    assert holding.take(ours), "it is no longer held"


def test_a_lost_jobs_first_attempt_does_not_delete_its_second() -> None:
    send("a")
    first = receive_one()
    holding = JobsInFlight()
    change_visibility([first], seconds=0)
    holding.take(receive_one())
    holding.done(first)
    asyncio.run(holding.delete_done())
    asyncio.run(holding.give_back([first], seconds=0))
    assert counts(CUPS) == {"visible": 0, "in_flight": 1}


def test_a_redelivered_and_deleted_job_loses_its_first_lease(settings: Settings) -> None:
    settings.SQS_VISIBILITY_TIMEOUT = 1
    send("a")
    begun = receive_one()
    change_visibility([begun], seconds=0)
    again = receive_one()
    delete([again])
    holding = JobsInFlight()
    assert (holding.take(begun), holding.take(again)) == (True, False)
    asyncio.run(beat_until(holding, lambda: begun.lease.is_lost))


def test_a_returned_job_is_visible_at_once() -> None:
    send("a")
    job = receive_one()
    holding = JobsInFlight()
    holding.take(job)
    asyncio.run(holding.give_back([job], seconds=0))
    assert receive_one().attempt == 2


def test_a_retried_job_is_hidden_for_its_delay() -> None:
    send("a")
    job = receive_one()
    holding = JobsInFlight()
    holding.take(job)
    asyncio.run(holding.give_back([job], seconds=8))
    assert receive(CUPS.name, at_most=1, wait_seconds=1) == []
    (again,) = eventually(lambda: receive(CUPS.name, at_most=1, wait_seconds=1), within=20)
    assert again.attempt == 2


def test_deletions_wait_while_sqs_is_away(sqs_server: MotoServer) -> None:
    send("a")
    job = receive_one()
    holding = JobsInFlight()
    holding.take(job)
    holding.done(job)
    sqs_server.kill()
    asyncio.run(holding.delete_done())
    assert not holding.take(job), "it is still held, and deleted later"


def test_deletions_go_on_until_sqs_has_made_them(monkeypatch: pytest.MonkeyPatch) -> None:
    send("a")
    job = receive_one()
    tries: list[int] = []

    def second_time(jobs: Sequence[ReceivedJob]) -> list[ReceivedJob]:
        tries.append(len(jobs))
        if len(tries) == 1:
            raise BrokerAway("away")
        return delete(jobs)

    async def keep_deleting() -> None:
        holding = JobsInFlight()
        holding.take(job)
        deleting = asyncio.create_task(holding.keep_deleting())
        await asyncio.sleep(0)  # It waits for the first job.
        holding.done(job)
        while holding.held():
            await asyncio.sleep(0.01)
        deleting.cancel()

    monkeypatch.setattr(in_flight, "delete", second_time)
    asyncio.run(asyncio.wait_for(keep_deleting(), 10))
    assert tries == [1, 1]
    assert counts(CUPS) == {"visible": 0, "in_flight": 0}


def test_jobs_are_deleted_by_ten_and_the_last_ones_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def note(jobs: Sequence[ReceivedJob]) -> list[ReceivedJob]:
        sizes.append(len(jobs))
        return []

    async def keep_deleting() -> None:
        holding = JobsInFlight()
        deleting = asyncio.create_task(holding.keep_deleting())
        for _ in range(23):
            job = make_received()
            holding.take(job)
            holding.done(job)
        while holding.held():
            await asyncio.sleep(0.01)
        deleting.cancel()

    monkeypatch.setattr(in_flight, "delete", note)
    asyncio.run(asyncio.wait_for(keep_deleting(), 10))
    assert sizes == [10, 10, 3]


def test_a_failed_heartbeat_is_repeated_in_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Botocore may have used up its retries; see docs/traps.md."""
    beats: list[int] = []
    pauses = without_pauses(monkeypatch)

    def fail_at_first(jobs: Sequence[ReceivedJob]) -> list[ReceivedJob]:
        beats.append(len(jobs))
        if len(beats) == 1:
            raise BrokerAway
        return extend(jobs)

    monkeypatch.setattr(in_flight, "extend", fail_at_first)
    send("a")
    job = receive_one()
    holding = JobsInFlight()
    holding.take(job)
    asyncio.run(beat_until(holding, lambda: len(beats) >= 2))
    assert sum(pauses[:2]) < settings.SQS_VISIBILITY_TIMEOUT
    assert not job.lease.is_lost
    assert counts(CUPS) == {"visible": 0, "in_flight": 1}
