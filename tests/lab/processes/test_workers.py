"""What the page says of each process, from the supervisor's words and the signs of life."""

import json
import signal
from typing import Any

import pytest
from django.conf import settings

from apps.lab.feed.feed import Feed
from apps.lab.processes import compose, workers
from apps.lab.processes.supervisor import WorkerProcess
from apps.lab.processes.workers import ShownProcess, by_signs_of_life
from tests.deploy.compose_file import SERVICES

DIED_AT = 1_900_000_000.0
"""17:46:40 UTC of some day."""


@pytest.fixture(autouse=True)
def feed(monkeypatch: pytest.MonkeyPatch) -> Feed:
    feed = Feed()
    monkeypatch.setattr(workers, "FEED", feed)
    return feed


def alive(feed: Feed, *, instance: str = "vm", pid: int = 7) -> None:
    life = {"worker": "sales_consumer", "instance": instance, "pid": pid}
    feed.add_sign_of_life(json.dumps(life).encode())


def shown(state: str = "running", *, pid: int | None = 7, **more: Any) -> ShownProcess:
    found = {
        "worker": "sales_consumer",
        "instance": 1,
        "state": state,
        "possible": ("stop", "pause", "kill"),
        "pid": pid,
        "most": 5,
        "leaves": False,
        "died_at": 0.0,
        "exit_code": None,
    }
    process = WorkerProcess.model_validate(found | more)
    (worker,) = (each for each in workers.supervised([process]) if each.name == "sales_consumer")
    return worker.processes[0]


def test_one_that_runs_and_reports_is_well(feed: Feed) -> None:
    assert shown().state == "Running, not heard"
    alive(feed, pid=8)
    assert shown().state == "Running, not heard"
    alive(feed, pid=7)
    assert (shown().state, shown().kind) == ("Running", "state-ok")


def test_a_paused_one_that_was_just_heard_is_paused(feed: Feed) -> None:
    alive(feed)
    assert shown("paused").state == "Paused"


@pytest.mark.parametrize("state", workers.STATES)
def test_every_state_has_words(state: str) -> None:
    assert shown(state).state


def test_a_death_is_shown_with_what_followed() -> None:
    died: dict[str, Any] = {"died_at": DIED_AT, "exit_code": -signal.SIGKILL}
    assert shown(**died).note == (
        "Killed by SIGKILL at 17:46:40 UTC, and started again by the supervisor."
    )
    assert shown("ended", pid=None, **died).note == (
        "Killed by SIGKILL at 17:46:40 UTC, and the supervisor starts it again."
    )
    assert shown("stopped", pid=None, **died).note.endswith("stopped before it was started again.")
    assert shown(died_at=DIED_AT, exit_code=3).note.startswith("Ended with code 3 at 17:46:40")


def test_a_button_keeps_its_place_whatever_it_says() -> None:
    places = [
        [each.place for each in shown(state, possible=possible).buttons]
        for state, possible in (
            ("running", ("stop", "pause", "kill")),
            ("paused", ("stop", "continue", "kill")),
            ("stopped", ("start",)),
        )
    ]
    assert places == [["turn", "hold", "kill"]] * 3
    assert [each.is_possible for each in shown("stopped", possible=("start",)).buttons] == [
        True,
        False,
        False,
    ]


def test_a_worker_that_was_left_out_is_shown_by_its_signs(feed: Feed) -> None:
    alive(feed)
    (worker,) = (each for each in workers.supervised([]) if each.name == "sales_consumer")
    assert worker.count == 0
    assert [(each.name, each.state) for each in worker.processes] == [("vm", "Running")]
    assert worker.processes[0].buttons == ()


def test_a_silent_process_is_named_until_it_is_forgotten(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive(feed)
    monkeypatch.setattr("apps.lab.feed.feed.SILENT_AFTER_SECONDS", -1.0)
    (worker,) = (each for each in by_signs_of_life() if each.name == "sales_consumer")
    assert [each.state for each in worker.processes] == ["No sign of life"]


def test_each_worker_has_lines_for_its_service() -> None:
    for worker in settings.WORKERS:
        assert worker in SERVICES
        typed = [each.line for each in compose.lines(worker)]
        assert f"docker compose pause {worker}" in typed
        assert any("--scale" in line for line in typed) == (worker not in compose.ONE_ONLY)
