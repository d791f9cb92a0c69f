"""The fixture `work`: a job's real way to its verdict."""

from dataclasses import replace

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.errors import MessageUnreadable
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.job_queue import JobQueue
from apps.messaging.models import DeadLetter, FailedDelivery
from apps.messaging.testing import DeadLettered, KitError, NotHandled, WillRetry, WorkOn
from tests.messaging.support.events import WashCup
from tests.messaging.support.jobs import CUPS

pytestmark = pytest.mark.django_db

BURIED: list[str] = []
MOURNED: JobQueue = replace(CUPS, when_dead=lambda body, reason: BURIED.append(reason))


def test_a_job_is_read_as_it_travels(work: WorkOn) -> None:
    washed: list[int] = []
    work(WashCup(cup=7), lambda job: washed.append(WashCup.read(job.body).cup))
    assert washed == [7]


def test_a_job_that_is_delivered_twice_is_handled_twice_under_one_id(work: WorkOn) -> None:
    ids: list[tuple[str, int]] = []
    work(WashCup(cup=7), lambda job: ids.append((job.message_id, job.attempt)), times=2)
    assert [attempt for _, attempt in ids] == [1, 2]
    assert len({message_id for message_id, _ in ids}) == 1


def test_a_crash_before_the_delete_brings_the_job_again(work: WorkOn) -> None:
    washed: list[int] = []
    work(WashCup(cup=7), lambda job: washed.append(job.attempt), crash_before="delete")
    assert washed == [1, 2]
    assert not FailedDelivery.objects.exists()


def test_a_failing_job_fails_the_test_with_its_reason(work: WorkOn) -> None:
    def drop(_: ReceivedJob) -> None:
        raise RuntimeError("the sink is full")

    with pytest.raises(WillRetry, match=r"cups at cups would be tried again .* the sink is full"):
        work(WashCup(cup=7), drop)


def test_a_job_that_can_never_succeed_is_a_dead_letter_and_its_queue_is_called(
    work: WorkOn, settings: Settings
) -> None:
    settings.MESSAGING_QUEUES = [f"{__name__}.MOURNED"]
    BURIED.clear()

    def drop(_: ReceivedJob) -> None:
        raise MessageUnreadable("there is no cup 7")

    with pytest.raises(DeadLettered, match="there is no cup 7"):
        work(WashCup(cup=7), drop)
    assert BURIED == ["there is no cup 7"]
    assert DeadLetter.objects.get().consumer == "cups"


def test_a_job_whose_lease_is_lost_is_not_done(work: WorkOn) -> None:
    def lose(job: ReceivedJob) -> None:
        job.lease.lose()
        job.lease.check()

    with pytest.raises(NotHandled, match="the lease is lost"):
        work(WashCup(cup=7), lose)


def test_a_job_without_a_queue_is_named(work: WorkOn, settings: Settings) -> None:
    settings.MESSAGING_QUEUES = []
    with pytest.raises(KitError, match="no queue of MESSAGING_QUEUES has the name cups"):
        work(WashCup(cup=7), lambda job: None)
