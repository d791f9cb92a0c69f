"""Experiments that need only NATS, run as their page runs them, with real processes."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from apps.lab import experiments
from apps.lab.experiments import no_answer, runner
from apps.lab.experiments.members import Member, ready
from apps.lab.models import Run
from apps.messaging import hooks
from tests.support.nats_server import NatsServer
from tests.support.processes import environment_of
from tests.support.waiting import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]

WITHIN = 120.0


@pytest.fixture
def server(
    nats_server: NatsServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[NatsServer]:
    """A server for this process, and for the processes that the experiments start."""
    settings.LAB_NATS_URL = nats_server.url
    for name, value in environment_of(nats_server).items():
        monkeypatch.setenv(name, value)
    # A busy machine may stand still; what must not be waited for takes longer here.
    monkeypatch.setattr(no_answer, "LATE", 8.0)
    monkeypatch.setattr(no_answer, "PLENTY", 60.0)
    yield nats_server
    hooks.detach()


def outcome(slug: str) -> Run:
    experiment = experiments.experiment_of(slug)
    assert experiment
    begun = runner.begin(experiment)
    ended = Run.objects.filter(pk=begun.pk, ended_at__isnull=False)
    eventually(ended.exists, within=WITHIN, what=slug)
    return ended.get()


def test_a_missing_responder_is_found_at_once(server: NatsServer) -> None:
    run = outcome("no-responder")
    assert run.state == Run.State.HELD, run.counts


def test_a_slow_responder_times_out(server: NatsServer) -> None:
    run = outcome("slow-responder")
    assert run.state == Run.State.HELD, (run.counts, run.steps)


def test_each_wildcard_receives_what_it_stands_for(server: NatsServer) -> None:
    run = outcome("wildcards")
    assert run.state == Run.State.HELD, (run.counts, run.steps)
    assert [counted for _, _, counted, _ in run.counts] == ["gift", "gift, gift.wrapped"]


def test_a_lost_message_is_missing_at_both_wildcards(server: NatsServer) -> None:
    numbers = iter(range(100))
    with hooks.attached("core.publishing", lambda: next(numbers) == 1):
        run = outcome("wildcards")
    assert run.state == Run.State.BROKEN
    assert [counted for _, _, counted, _ in run.counts] == ["nothing", "gift.wrapped"]


@pytest.mark.slow
def test_lost_messages_break_the_promise(server: NatsServer) -> None:
    numbers = iter(range(1000))
    with hooks.attached("core.publishing", lambda: next(numbers) % 2 == 0):
        run = outcome("three-members-one-killed")
    broken = [what for what, _, _, held in run.counts if not held]
    assert run.state == Run.State.BROKEN
    assert "messages lost at any other time" in broken


def test_without_nats_an_experiment_says_so(settings: Settings) -> None:
    """The tests' settings name a port without a server."""
    run = outcome("no-responder")
    assert run.state == Run.State.FAILED
    assert "no connection to NATS" in run.steps[-1][1]


def test_a_member_ends_with_its_parent(server: NatsServer) -> None:
    member = Member("listener", "listener")
    with ready(member):
        pass
    assert member.wait_for_end() == 0
