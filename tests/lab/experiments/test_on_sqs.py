"""Experiments with the lab's queue, on a real SQS server, with the outbox's own relay."""

from collections.abc import Iterator, Mapping, Sequence

import pytest
from pytest_django.fixtures import Settings

from apps.lab import experiments
from apps.lab.experiments import runner
from apps.lab.feed import hops
from apps.lab.feed.feed import FEED
from apps.lab.feed.shown_message import shown_message
from apps.lab.messages import QUEUE
from apps.lab.models import Run
from apps.messaging import hooks
from apps.messaging.jobs import job_queue, receipts
from apps.messaging.jobs.job_queue import OutgoingJob
from apps.messaging.outbox.relay import relaying
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer
from tests.support.processes import environment_of
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def queue(
    nats_server: NatsServer,
    sqs_server: MotoServer,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """The lab's queue, a relay in a thread, and a feed with the hops of this process."""
    job_queue.provision(QUEUE)
    settings.LAB_NATS_URL = nats_server.url
    given = {"AWS_ENDPOINT_URL": sqs_server.url, "AWS_ACCESS_KEY_ID": "demo"}
    for name, value in (environment_of(nats_server) | given).items():
        monkeypatch.setenv(name, value)
    hooks.attach_everywhere(tell_the_feed)
    with running(relaying):
        yield
    hooks.attach_everywhere(None)


def tell_the_feed(point: str, messages: Sequence[object], attributes: Mapping[str, object]) -> bool:
    for each in messages:
        FEED.add_hop(hops.hop_of(point, shown_message(each, attributes)).to_json().encode())
    return False


def outcome(slug: str) -> Run:
    experiment = experiments.experiment_of(slug)
    assert experiment
    begun = runner.begin(experiment)
    ended = Run.objects.filter(pk=begun.pk, ended_at__isnull=False)
    eventually(ended.exists, within=150.0, what=slug)
    return ended.get()


def test_a_job_that_is_not_deleted_comes_back(queue: None) -> None:
    run = outcome("received-not-deleted")
    assert run.state == Run.State.HELD, (run.counts, run.steps)


def test_jobs_of_an_earlier_run_are_ignored(queue: None) -> None:
    left = OutgoingJob(queue=QUEUE.name, message_id="1", headers={}, body='{"run": 0, "number": 1}')
    job_queue.send_batch([left])
    assert outcome("received-not-deleted").state == Run.State.HELD


@pytest.mark.slow
def test_a_job_deleted_by_others_breaks_the_promise(
    queue: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive = receipts.receive

    def receive_and_delete(name: str, *, at_most: int, wait_seconds: int) -> list:
        jobs = receive(name, at_most=at_most, wait_seconds=wait_seconds)
        if jobs:
            receipts.delete(jobs)
        return jobs

    monkeypatch.setattr(receipts, "receive", receive_and_delete)
    assert outcome("received-not-deleted").state == Run.State.BROKEN
