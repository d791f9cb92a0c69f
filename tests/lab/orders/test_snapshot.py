"""The state of all parts, as every window gets it."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from apps.lab.feed.feed import SILENT_AFTER_SECONDS, Feed
from apps.lab.orders import snapshot as pulse_module
from apps.lab.orders.snapshot import Snapshot, state, workers
from apps.messaging.errors import BrokerAway
from tests.support.waiting import eventually


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Feed:
    feed = Feed()
    monkeypatch.setattr(pulse_module, "FEED", feed)
    return feed


@pytest.fixture
def pulse(monkeypatch: pytest.MonkeyPatch) -> Iterator[Snapshot]:
    monkeypatch.setattr(pulse_module, "EVERY", 0.01)
    monkeypatch.setattr(pulse_module, "IDLE_AFTER_SECONDS", 0.3)
    pulse = Snapshot()
    yield pulse
    eventually(lambda: pulse._thread is None, what="the pulse has ended")


def alive(feed: Feed, worker: str, *, instance: str = "1", pid: int = 1) -> None:
    life = {"worker": worker, "instance": instance, "pid": pid}
    feed.add_sign_of_life(json.dumps(life).encode())


def test_a_silent_worker_is_red(feed: Feed) -> None:
    expected = {"alive": 0, "expected": 1, "red": 1, "deaths": 0}
    assert workers()["sales_consumer"] == expected


def test_a_running_worker_is_not_red(feed: Feed) -> None:
    alive(feed, "sales_consumer")
    assert workers()["sales_consumer"] == {"alive": 1, "expected": 1, "red": 0, "deaths": 0}


def test_one_missing_worker_of_two_is_red(feed: Feed) -> None:
    alive(feed, "price_responder", instance="2")
    assert workers()["price_responder"] == {"alive": 1, "expected": 2, "red": 1, "deaths": 0}


def test_a_restarted_worker_is_red_for_a_moment(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive(feed, "sales_consumer", pid=1)
    alive(feed, "sales_consumer", pid=2)
    assert workers()["sales_consumer"] == {"alive": 0, "expected": 1, "red": 1, "deaths": 1}
    monkeypatch.setattr("apps.lab.feed.feed.RED_FOR", 0.0)
    assert workers()["sales_consumer"] == {"alive": 1, "expected": 1, "red": 0, "deaths": 1}


def test_a_surplus_worker_that_left_is_not_red(feed: Feed) -> None:
    alive(feed, "price_responder", instance="9")
    ((*_, the_ninth),) = feed.processes()
    the_ninth.heard_at -= 2 * SILENT_AFTER_SECONDS
    assert not workers()["price_responder"]["alive"]
    alive(feed, "price_responder", instance="1")
    alive(feed, "price_responder", instance="2")
    assert workers()["price_responder"]["red"] == 0


@pytest.mark.django_db
def test_the_state_is_complete_without_brokers(feed: Feed) -> None:
    now = state()
    assert (now["streams"], now["queues"]) == ([], [])
    assert now["nodes"]["stream"]["facts"] == ["NATS is away"]
    assert set(now["workers"]) == {"web", *settings.WORKERS}
    json.dumps(now)


def test_the_state_is_read_only_while_asked_for(
    pulse: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse_module, "state", lambda: {"at": time.time()})
    assert pulse.current() == {}
    eventually(pulse.current, what="a first state")
    thread = pulse._thread
    assert thread is not None
    thread.join(5)
    assert not thread.is_alive()
    eventually(pulse.current, what="a state after a pause")


def test_a_stopped_snapshot_ends_at_once_and_can_begin_again(
    pulse: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse_module, "state", lambda: {"at": time.time()})
    monkeypatch.setattr(pulse_module, "EVERY", 600.0)
    eventually(pulse.current, what="a first state")
    thread = pulse._thread
    assert thread is not None
    pulse.stop(within=5)
    assert not thread.is_alive()
    eventually(pulse.current, what="a state after the stop")
    pulse.stop(within=5)


def test_a_broker_failure_does_not_end_the_snapshot(
    pulse: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes: list[Any] = [BrokerAway(), TimeoutError(), {"at": 1.0}]

    def take() -> dict[str, Any]:
        outcome = outcomes.pop(0) if len(outcomes) > 1 else outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        return dict(outcome)

    monkeypatch.setattr(pulse_module, "state", take)
    eventually(lambda: pulse.current() == {"at": 1.0}, what="the state after two failures")
