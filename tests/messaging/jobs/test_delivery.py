"""The three outcomes of a job, without SQS."""

from dataclasses import replace
from functools import partial

import pytest
from django.db import InternalError, OperationalError, ProgrammingError, connection
from django.test.utils import CaptureQueriesContext

from apps.messaging import hooks
from apps.messaging.errors import MessageUnreadable
from apps.messaging.handling.attempts import CRASHED
from apps.messaging.handling.database import DatabaseAway
from apps.messaging.handling.judging import retry_delay
from apps.messaging.handling.verdicts import Ack, NotOurs, Reject, Retry
from apps.messaging.hooks.tracing import current_traceparent
from apps.messaging.jobs.delivery import (
    LONGEST_DELAY_SECONDS,
    ReceivedJob,
    deliver,
    looked_up,
)
from apps.messaging.jobs.job_queue import JobQueue
from apps.messaging.models import DeadLetter, FailedDelivery
from apps.messaging.worker.time_limits import at_work
from tests.messaging.support.jobs import CUPS, make_received

pytestmark = pytest.mark.django_db


def reject(job: ReceivedJob) -> None:
    raise MessageUnreadable("not a cup")


def break_down(job: ReceivedJob) -> None:
    raise RuntimeError("no water")


def test_a_job_that_returns_is_acknowledged() -> None:
    assert isinstance(deliver(CUPS, lambda job: None, make_received()), Ack)


def test_an_unreadable_job_is_dead_lettered_at_once() -> None:
    verdict = deliver(CUPS, reject, make_received(body="{"))
    letter = DeadLetter.objects.get()
    assert isinstance(verdict, Reject)
    assert (letter.transport, letter.consumer, letter.message_id) == ("sqs", "cups", "job-1")
    assert (letter.reason, letter.body, letter.attempts) == ("not a cup", "{", 1)


def test_an_unreadable_job_received_twice_is_one_dead_letter() -> None:
    deliver(CUPS, reject, make_received())
    deliver(CUPS, reject, make_received(attempt=2))
    assert DeadLetter.objects.count() == 1


def test_a_failed_job_is_retried_and_its_error_stored() -> None:
    verdict = deliver(CUPS, break_down, make_received())
    failure = FailedDelivery.objects.get()
    assert isinstance(verdict, Retry)
    assert (failure.consumer, failure.error) == ("cups", "RuntimeError: no water")
    assert "break_down" in failure.traceback


def test_the_last_failure_makes_a_dead_letter_with_its_traceback() -> None:
    verdicts = [
        deliver(CUPS, break_down, make_received(attempt=attempt))
        for attempt in range(1, CUPS.max_failures + 1)
    ]
    letter = DeadLetter.objects.get()
    assert isinstance(verdicts[-1], Reject)
    assert all(isinstance(verdict, Retry) for verdict in verdicts[:-1])
    assert (letter.reason, letter.attempts) == ("RuntimeError: no water", 3)
    assert "break_down" in letter.traceback


@pytest.mark.parametrize(
    ("handle", "tries", "public"),
    [(reject, 1, "not a cup"), (break_down, 3, "given up after 3 tries")],
)
def test_the_public_reason_of_a_dead_job_shows_no_internals(
    handle: object, tries: int, public: str
) -> None:
    received: list[tuple[str, str]] = []
    queue = JobQueue(
        name="cups", max_failures=3, when_dead=lambda body, why: received.append((body, why))
    )
    for _ in range(tries):
        deliver(queue, handle, make_received(body="b"))  # type: ignore[arg-type]
    assert received == [("b", public)]


def test_what_is_called_for_a_dead_job_has_a_time_limit() -> None:
    limited: list[float] = []

    def note(_body: str, _reason: str) -> None:
        limited.extend(work.seconds for work in at_work())

    deliver(replace(CUPS, longest_seconds=7, when_dead=note), reject, make_received())
    assert limited == [7]


def test_receives_without_failure_use_up_no_attempt() -> None:
    """An outage or a deploy causes receives too, which are not failures of the job."""
    job = make_received(attempt=CUPS.max_receive_count - 1)
    assert isinstance(deliver(CUPS, break_down, job), Retry)
    assert not DeadLetter.objects.exists()


def test_a_job_that_crashes_its_worker_each_time_is_buried() -> None:
    def power_cut(job: ReceivedJob) -> None:
        # What another process sees while this one crashes, or afterwards.
        assert FailedDelivery.objects.get().error == CRASHED

    assert isinstance(deliver(CUPS, power_cut, make_received(attempt=2)), Ack)
    assert not FailedDelivery.objects.exists()
    for _ in range(CUPS.max_failures):
        FailedDelivery.objects.create(consumer="cups", message_id="job-1", error=CRASHED)
    assert isinstance(deliver(CUPS, power_cut, make_received(attempt=9)), Reject)
    assert DeadLetter.objects.get().reason == CRASHED


@pytest.mark.parametrize("attempt", [1, CUPS.max_receive_count])
def test_a_job_with_a_lost_lease_stops_and_counts_no_failure(attempt: int) -> None:
    def wash(job: ReceivedJob) -> None:
        job.lease.lose()
        job.lease.check()

    assert isinstance(deliver(CUPS, wash, make_received(attempt=attempt)), NotOurs)
    assert not FailedDelivery.objects.exists()
    assert not DeadLetter.objects.exists()


def test_a_failure_after_a_lost_lease_is_not_counted() -> None:
    job = make_received(attempt=CUPS.max_receive_count)
    job.lease.lose()
    assert isinstance(deliver(CUPS, break_down, job), NotOurs)
    assert not DeadLetter.objects.exists()


def test_a_lost_jobs_failure_before_its_handler_is_not_counted() -> None:
    job = make_received(attempt=CUPS.max_receive_count)
    job.lease.lose()
    with hooks.attached("job.received", lambda: break_down(job)):
        assert isinstance(deliver(CUPS, break_down, job), NotOurs)
    assert not FailedDelivery.objects.exists()


def test_a_job_lost_while_waiting_is_not_started() -> None:
    begun: list[ReceivedJob] = []
    job = make_received()
    job.lease.lose()
    assert isinstance(deliver(CUPS, begun.append, job), NotOurs)
    assert begun == []


@pytest.mark.parametrize("error", [OperationalError, InternalError, ProgrammingError])
def test_a_failure_that_cannot_be_recorded_raises_database_away(
    error: type[Exception],
) -> None:
    def deny_all(*args: object) -> None:
        raise error("read-only")

    with connection.execute_wrapper(deny_all), pytest.raises(DatabaseAway):
        deliver(CUPS, break_down, make_received())


def test_a_job_follows_its_senders_trace() -> None:
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    seen: list[str] = []
    deliver(
        CUPS,
        lambda job: seen.append(current_traceparent()),
        make_received(headers={"traceparent": trace}),
    )
    assert seen == [trace]


def test_the_delay_doubles_up_to_ten_minutes() -> None:
    queue = JobQueue(name="cups")
    delay = partial(retry_delay, first=queue.retry_seconds, longest=LONGEST_DELAY_SECONDS)
    assert 4 <= delay(1) <= 6
    assert 16 <= delay(3) <= 24
    assert 480 <= delay(60) <= 720


def test_dropped_jobs_of_a_batch_are_looked_up_at_once_and_skipped() -> None:
    begun: list[str] = []
    jobs = [make_received(body=body, headers={"ce-id": body}) for body in "abc"]
    DeadLetter.objects.create(
        consumer="cups", identity=jobs[1].identity, state=DeadLetter.State.DROPPED
    )
    with CaptureQueriesContext(connection) as captured:
        for job in looked_up(jobs):
            assert isinstance(deliver(CUPS, lambda job: begun.append(job.body), job), Ack)
    assert begun == ["a", "c"]
    assert len(captured) == 1


def test_jobs_look_for_themselves_if_the_database_was_away() -> None:
    def deny_all(*args: object) -> None:
        raise OperationalError("gone")

    job = make_received()
    DeadLetter.objects.create(
        consumer="cups", identity=job.identity, state=DeadLetter.State.DROPPED
    )
    with connection.execute_wrapper(deny_all):
        (again,) = looked_up([job])
    assert isinstance(deliver(CUPS, break_down, again), Ack)
