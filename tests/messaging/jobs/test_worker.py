"""A job worker's loop against a real SQS server: from the receipt to the deletion."""

import threading
import time
from collections import Counter
from dataclasses import replace

import pytest
from django.db import OperationalError, connection
from pytest_django.fixtures import Settings

from apps.messaging import hooks
from apps.messaging.errors import MessageUnreadable
from apps.messaging.jobs import slots, worker
from apps.messaging.jobs.delivery import LOOK_AGAIN_SECONDS, ReceivedJob
from apps.messaging.jobs.job_queue import counts, provision, send_batch
from apps.messaging.jobs.receipts import delete, receive
from apps.messaging.jobs.worker import working
from apps.messaging.models import DeadLetter, FailedDelivery
from tests.messaging.support.jobs import (
    CUPS,
    is_empty,
    make_outgoing,
    make_received,
    receive_one,
    send,
)
from tests.support.moto_server import MotoServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def queue(sqs_server: MotoServer) -> None:
    provision(CUPS)


class Washer:
    """A handler that counts its jobs, and waits or fails on request."""

    def __init__(self) -> None:
        self.washed: Counter[str] = Counter()
        self.failures: list[Exception] = []
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, job: ReceivedJob) -> None:
        self.washed[job.body] += 1
        if job.body == "slow":
            self.begun.set()
            assert self.go_on.wait(20)
        if self.failures:
            raise self.failures.pop()


def queue_is_empty() -> bool:
    """Call this after the last job has begun: a job that is being received is counted nowhere."""
    return is_empty(CUPS)


@pytest.mark.one_database
def test_every_job_runs_once_and_is_deleted() -> None:
    washer = Washer()
    send(*[f"cup {number}" for number in range(25)])
    with running(working(CUPS, washer)):
        eventually(queue_is_empty)
    assert len(washer.washed) == 25


@pytest.mark.one_database
def test_a_worker_with_skipped_polls_leaves_jobs_to_others(settings: Settings) -> None:
    """As the lab's switch does; a stopped process differs, since its open poll continues."""
    settings.SQS_WAIT_SECONDS = 1
    washer, rested = Washer(), threading.Event()

    def rest() -> bool:
        rested.set()
        return True

    with running(working(CUPS, washer)) as worker:
        with hooks.attached("job.polling", rest):
            assert rested.wait(60)
            send("mine")
            mine = receive_one()
            assert worker.is_ready, "it rests, and is well"
        assert (mine.body, washer.washed) == ("mine", Counter())
        send("cup")
        eventually(lambda: washer.washed["cup"])


def test_a_job_that_is_dropped_while_it_waits_has_no_effect(settings: Settings) -> None:
    settings.SQS_WAIT_SECONDS = 1
    washer, rested = Washer(), threading.Event()
    slow, cup = make_outgoing(body="slow"), make_outgoing(body="cup")
    identity = make_received(body="cup", headers=cup.headers).identity

    def rest() -> bool:
        rested.set()
        return True

    send(*["quick"] * 20)  # So that the next poll asks for several.
    with running(working(CUPS, washer, concurrency=1)):
        eventually(queue_is_empty)
        with hooks.attached("job.polling", rest):
            assert rested.wait(60)
            assert not any(send_batch([slow, cup]).values())
        assert washer.begun.wait(60)
        looked_up = time.monotonic()
        assert counts(CUPS) == {"visible": 0, "in_flight": 2}
        DeadLetter.objects.create(
            consumer=CUPS.name, identity=identity, state=DeadLetter.State.DROPPED
        )
        eventually(lambda: time.monotonic() > looked_up + LOOK_AGAIN_SECONDS)
        washer.go_on.set()
        eventually(queue_is_empty)
    assert washer.washed == {"quick": 20, "slow": 1}


def test_an_unreadable_job_is_dead_lettered_and_blocks_no_other() -> None:
    washer = Washer()
    washer.failures = [MessageUnreadable("not a cup")]
    send("{")
    with running(working(CUPS, washer)):
        eventually(DeadLetter.objects.exists)
        send("cup")
        eventually(lambda: washer.washed["cup"])
        eventually(queue_is_empty)
    assert DeadLetter.objects.get().reason == "not a cup"
    assert washer.washed == {"{": 1, "cup": 1}


def test_a_job_that_fails_once_is_retried() -> None:
    washer = Washer()
    washer.failures = [RuntimeError("no water")]
    send("cup")
    with running(working(CUPS, washer)):
        eventually(lambda: washer.washed["cup"] == 2)
        eventually(queue_is_empty)
    assert washer.washed == {"cup": 2}
    assert FailedDelivery.objects.count() == 1


@pytest.mark.one_database
def test_a_job_that_failed_is_hidden_for_its_delay() -> None:
    tries: list[float] = []

    def wash(job: ReceivedJob) -> None:
        tries.append(time.monotonic())
        if len(tries) == 1:
            raise RuntimeError("no water")

    send("cup")
    with running(working(replace(CUPS, retry_seconds=2), wash)):
        eventually(queue_is_empty)
    first, second = tries
    assert second - first > 1.5


def test_a_job_that_always_fails_is_dead_lettered_and_deleted() -> None:
    washer = Washer()
    washer.failures = [RuntimeError("no water")] * 9
    send("cup")
    with running(working(CUPS, washer)):
        eventually(DeadLetter.objects.exists)
        eventually(queue_is_empty)
    assert DeadLetter.objects.get().attempts == CUPS.max_receive_count == washer.washed["cup"]
    assert receive(CUPS.dead_letter_name, at_most=1, wait_seconds=0) == []


@pytest.mark.one_database
def test_a_job_longer_than_the_visibility_timeout_stays_hidden(settings: Settings) -> None:
    settings.SQS_VISIBILITY_TIMEOUT = 6
    washer = Washer()
    send("slow")
    with running(working(CUPS, washer, concurrency=1)):
        assert washer.begun.wait(60)
        assert receive(CUPS.name, at_most=1, wait_seconds=8) == []
        washer.go_on.set()
        eventually(queue_is_empty)
    assert washer.washed == {"slow": 1}


@pytest.mark.one_database
def test_jobs_run_concurrently() -> None:
    washer = Washer()
    send("slow", "quick")
    with running(working(CUPS, washer, concurrency=2)):
        assert washer.begun.wait(60)
        eventually(lambda: washer.washed["quick"])
        washer.go_on.set()
        eventually(queue_is_empty)


@pytest.mark.one_database
def test_a_stop_finishes_running_jobs_and_returns_the_others() -> None:
    washer = Washer()
    with running(working(CUPS, washer, concurrency=1)) as worker:
        # After some quick jobs the worker asks for several at once.
        send(*[f"cup {number}" for number in range(10)])
        eventually(queue_is_empty)
        send("slow", "slow", "slow")
        assert washer.begun.wait(60)
        worker.stop()
        eventually(lambda: counts(CUPS) == {"visible": 2, "in_flight": 1})
        washer.go_on.set()
    assert counts(CUPS) == {"visible": 2, "in_flight": 0}
    assert washer.washed["slow"] == 1


@pytest.mark.one_database
def test_jobs_that_wait_behind_a_long_one_are_left_to_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(slots, "LONGEST_WAIT_SECONDS", 0.5)
    washer = Washer()
    with running(working(CUPS, washer, concurrency=1)):
        send(*[f"cup {number}" for number in range(10)])  # So that it asks for several at once.
        eventually(queue_is_empty)
        send("slow", "slow", "slow")
        assert washer.begun.wait(60)
        eventually(lambda: counts(CUPS) == {"visible": 2, "in_flight": 1})
        theirs = receive(CUPS.name, at_most=2, wait_seconds=2)
        assert [job.body for job in theirs] == ["slow", "slow"]
        delete(theirs)
        washer.go_on.set()
        eventually(queue_is_empty)
    assert washer.washed["slow"] == 1


@pytest.mark.one_database
def test_a_free_thread_starts_no_job_after_the_stop() -> None:
    washer = Washer()
    with running(working(CUPS, washer, concurrency=1)) as worker:
        send(*[f"cup {number}" for number in range(10)])
        eventually(queue_is_empty)
        send("slow", "slow", "slow")
        assert washer.begun.wait(60)
        worker.stop()
        washer.go_on.set()
    assert washer.washed["slow"] == 1
    assert counts(CUPS) == {"visible": 2, "in_flight": 0}


@pytest.mark.one_database
def test_a_stopping_worker_returns_jobs_of_its_last_poll() -> None:
    washer = Washer()
    with running(working(CUPS, washer)) as worker:
        worker.stop()
        send("cup")
    assert washer.washed == {}
    assert receive_one().body == "cup"


@pytest.mark.one_database
def test_a_job_that_outlasts_the_stop_waits_for_its_visibility_timeout(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SQS_VISIBILITY_TIMEOUT = 8
    monkeypatch.setattr(worker, "STOP_SECONDS", 0.3)
    washer = Washer()
    send("slow")
    with running(working(CUPS, washer, concurrency=1)):
        assert washer.begun.wait(60)
    assert counts(CUPS) == {"visible": 0, "in_flight": 1}
    eventually(lambda: counts(CUPS)["visible"] == 1, within=20, what="it is there for others")
    washer.go_on.set()


@pytest.mark.one_database
def test_a_stop_does_not_wait_for_a_long_poll(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SQS_WAIT_SECONDS = 8
    monkeypatch.setattr(worker, "STOP_SECONDS", 0.3)
    send("cup")
    with running(working(CUPS, Washer())):
        eventually(queue_is_empty)
        began = time.monotonic()
    assert time.monotonic() - began < settings.SQS_WAIT_SECONDS


@pytest.mark.one_database
def test_a_worker_waits_for_sqs_and_recreates_a_lost_queue(
    sqs_server: MotoServer,
) -> None:
    washer = Washer()
    with running(working(CUPS, washer)) as worker:
        sqs_server.kill()
        eventually(lambda: not worker.is_ready)
        sqs_server.start()  # It has forgotten its queues.
        eventually(lambda: worker.is_ready, within=15)
        send("cup")
        eventually(lambda: washer.washed["cup"])


def test_a_database_outage_is_not_counted_against_the_job() -> None:
    def deny_once(*args: object) -> None:
        connection.execute_wrappers.remove(deny_once)  # The slot keeps its connection.
        raise OperationalError("gone")

    washed = Counter[int]()

    def wash(job: ReceivedJob) -> None:
        washed[job.attempt] += 1
        if job.attempt == 1:
            connection.execute_wrappers.append(deny_once)
            raise RuntimeError("nothing can be written")

    send("cup")
    with running(working(CUPS, wash)):
        eventually(lambda: washed[2])
        eventually(queue_is_empty)
    assert washed == {1: 1, 2: 1}
    assert not DeadLetter.objects.exists()
    assert not FailedDelivery.objects.exists()
