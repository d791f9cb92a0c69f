"""Running an experiment: what its page shows during the run and at its end."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.lab.experiments import EXPERIMENTS, runner
from apps.lab.experiments.experiment import Experiment
from apps.lab.experiments.running import NotRunnable, Running
from apps.lab.models import Fault, Run
from apps.lab.patterns import PATTERNS
from apps.lab.queries import newest_run
from apps.lab.services import switch_on
from apps.messaging.errors import BrokerAway
from apps.messaging.hooks.tracing import current_traceparent
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


def experiment(run: Callable[[Running], None]) -> Experiment:
    return Experiment(
        slug="trial", pattern="celery", title="A trial", why="", predicts=(), takes=1, run=run
    )


def ended(run: Callable[[Running], None], *, number: int = 0) -> Run:
    """Run it to its end."""
    begun = runner.begin(experiment(run), number=number)
    over = Run.objects.filter(pk=begun.pk, ended_at__isnull=False)
    eventually(over.exists)
    return over.get()


def count(running: Running, *held: bool) -> None:
    for each in held:
        running.count("cups", predicted=1, counted=int(each), held=each)


def test_a_run_holds_if_every_count_holds() -> None:
    assert ended(lambda running: count(running, True, True)).state == Run.State.HELD


def test_one_false_count_breaks_the_promise() -> None:
    assert ended(lambda running: count(running, True, False)).state == Run.State.BROKEN


def test_a_run_without_counts_does_not_hold() -> None:
    assert ended(lambda running: None).state == Run.State.BROKEN


def test_counts_and_steps_are_stored_during_a_run() -> None:
    go_on = threading.Event()

    def run(running: Running) -> None:
        running.say("Water is on.")
        running.count_equal("cups", predicted=2, counted=3)
        go_on.wait(10)

    begun = runner.begin(experiment(run))
    eventually(lambda: Run.objects.get(pk=begun.pk).counts == [["cups", "2", "3", False]])
    assert [text for _, text in Run.objects.get(pk=begun.pk).steps] == ["Water is on."]
    go_on.set()
    eventually(lambda: Run.objects.get(pk=begun.pk).ended_at)


@pytest.mark.parametrize("error", [NotRunnable("No water."), BrokerAway("No water.")])
def test_a_missing_need_is_shown_in_words(error: Exception) -> None:
    def run(running: Running) -> None:
        raise error

    run_ = ended(run)
    assert (run_.state, run_.steps[-1][1]) == (Run.State.FAILED, "No water.")


def test_an_unexpected_error_ends_a_run(caplog: pytest.LogCaptureFixture) -> None:
    run = ended(lambda running: count(running, not 1 // 0))
    assert run.state == Run.State.FAILED
    assert run.steps[-1][1].startswith("ZeroDivisionError")
    assert "experiment failed" in caplog.messages


def test_a_run_has_its_own_trace_and_number() -> None:
    seen: list[tuple[str, int]] = []
    run = ended(lambda running: seen.append((current_traceparent(), running.number)), number=7)
    ((traceparent, number),) = seen
    assert (traceparent.split("-")[1], number) == (run.trace, 7)


def test_a_second_click_shows_the_current_run() -> None:
    go_on = threading.Event()
    slow = experiment(lambda running: count(running, go_on.wait(10)))
    first, second = runner.begin(slow), runner.begin(slow)
    go_on.set()
    assert first == second
    eventually(lambda: Run.objects.get(pk=first.pk).state == Run.State.HELD)
    assert Run.objects.count() == 1


def test_the_faults_of_a_run_end_with_it() -> None:
    def run(running: Running) -> None:
        switch_on(point="mail.claimed", action="raise", trace=running.trace)
        switch_on(point="mail.claimed", action="raise")
        raise NotRunnable

    ended(run)
    assert list(Fault.objects.values_list("trace", flat=True)) == [""]


def test_a_silent_worker_gets_no_fault() -> None:
    def run(running: Running) -> None:
        running.break_at("mail.claimed", "raise", worker="celery")

    assert ended(run).steps[-1][1] == "No sign of life of celery: is it running?"


def test_a_run_of_a_dead_process_has_failed() -> None:
    Run.objects.create(experiment="trial", steps=[[0.0, "Water is on."]])
    runner.close_the_dead()
    run = newest_run("trial")
    assert run
    assert run.state == Run.State.FAILED
    assert [text for _, text in run.steps][-1] == "The process that ran it has ended."


def test_a_starting_run_is_not_dead() -> None:
    looks = [threading.Thread(target=looking) for _ in range(4)]
    for look in looks:
        look.start()
    states = [ended(lambda running: count(running, True)).state for _ in range(20)]
    for look in looks:
        look.join()
    assert set(states) == {Run.State.HELD}


def looking() -> None:
    for _ in range(100):
        runner.close_the_dead()
    connection.close()


def test_a_failed_run_can_be_started_again() -> None:
    dead = Run.objects.create(experiment="trial")
    assert ended(lambda running: count(running, True)).pk != dead.pk


def test_a_run_of_another_web_process_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runner, "_is_another_web_alive", lambda: True)
    young = Run.objects.create(experiment="young")
    old = Run.objects.create(experiment="old", started_at=timezone.now() - timedelta(hours=1))
    runner.close_the_dead()
    assert Run.objects.get(pk=young.pk).state == Run.State.RUNNING
    assert Run.objects.get(pk=old.pk).state == Run.State.FAILED


def test_each_experiment_has_a_page_and_a_prediction() -> None:
    assert {each.pattern for each in EXPERIMENTS} == {each.slug for each in PATTERNS}
    assert [each.slug for each in EXPERIMENTS if not (each.why and each.predicts)] == []
    assert len({each.slug for each in EXPERIMENTS}) == len(EXPERIMENTS)
