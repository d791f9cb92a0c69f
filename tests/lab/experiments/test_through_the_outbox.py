"""Experiments that send notes through the outbox into the stream LAB, with real processes."""

from collections.abc import Iterator
from functools import partial

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from apps.lab.experiments import django_tasks, more_than_handled, runner
from apps.lab.experiments.experiment import Experiment
from apps.lab.handlers import CONSUMER
from apps.lab.messages import LAB
from apps.lab.models import Run
from apps.messaging.operations.provisioning import provision_jetstream
from apps.messaging.outbox.relay import relaying
from apps.messaging.pubsub import broadcast
from tests.messaging.support.brokers import on_nats
from tests.support.nats_server import NatsServer
from tests.support.processes import environment_of
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def relay(
    nats_server: NatsServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The stream LAB, and a relay in a thread."""
    on_nats(nats_server, partial(provision_jetstream, streams=[LAB], consumers=[CONSUMER]))
    settings.LAB_NATS_URL = nats_server.url
    for name, value in environment_of(nats_server).items():
        monkeypatch.setenv(name, value)
    with running(relaying):
        yield


def outcome(experiment: Experiment) -> Run:
    begun = runner.begin(experiment)
    ended = Run.objects.filter(pk=begun.pk, ended_at__isnull=False)
    eventually(ended.exists, within=150.0, what=experiment.slug)
    return ended.get()


def test_a_reader_that_pulls_has_few_notes_in_flight() -> None:
    run = outcome(more_than_handled.EXPERIMENT)
    assert run.state == Run.State.HELD, (run.counts, run.steps)


@pytest.mark.slow
def test_a_sender_that_waits_for_its_reader_breaks_the_promise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(more_than_handled._Most, "look", lambda _: 0)
    run = outcome(more_than_handled.EXPERIMENT)
    broken = [what for what, _, _, held in run.counts if not held]
    assert broken[0] == "notes done when the sender was done"


def test_tasks_of_django_work_at_once_and_the_outbox_after_the_commit() -> None:
    run = outcome(django_tasks.EXPERIMENT)
    assert run.state == Run.State.HELD, (run.counts, run.steps)


@pytest.mark.slow
def test_a_task_that_waits_for_the_commit_breaks_the_promise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish = broadcast.publish
    monkeypatch.setattr(
        broadcast, "publish", lambda *note: transaction.on_commit(partial(publish, *note))
    )
    run = outcome(django_tasks.EXPERIMENT)
    broken = [what for what, _, _, held in run.counts if not held]
    assert broken == [f"of {django_tasks.NOTES} notes of tasks, sent without their cause"]
    assert not any("Even a note" in step for _, step in run.steps)
