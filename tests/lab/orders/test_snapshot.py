"""The state of all parts, as every window gets it."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from apps.lab.feed.feed import Feed
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
    monkeypatch.setattr(pulse_module, "IDLE_AFTER", 0.3)
    pulse = Snapshot()
    yield pulse
    eventually(lambda: pulse._thread is None, what="the pulse has ended")


def alive(feed: Feed, worker: str, *, instance: str = "1", pid: int = 1) -> None:
    life = {"worker": worker, "instance": instance, "pid": pid}
    feed.add_sign_of_life(json.dumps(life).encode())


def test_a_worker_that_was_never_heard_is_red(feed: Feed) -> None:
    told = {"alive": 0, "expected": 1, "red": 1, "deaths": 0}
    assert workers()["sales_consumer"] == told


def test_a_worker_that_is_heard_is_not(feed: Feed) -> None:
    alive(feed, "sales_consumer")
    assert workers()["sales_consumer"] == {"alive": 1, "expected": 1, "red": 0, "deaths": 0}


def test_one_of_two_is_missing(feed: Feed) -> None:
    alive(feed, "price_responder", instance="2")
    assert workers()["price_responder"] == {"alive": 1, "expected": 2, "red": 1, "deaths": 0}


def test_one_that_has_just_replaced_a_dead_one_is_red_for_a_moment(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive(feed, "sales_consumer", pid=1)
    alive(feed, "sales_consumer", pid=2)
    assert workers()["sales_consumer"] == {"alive": 0, "expected": 1, "red": 1, "deaths": 1}
    monkeypatch.setattr("apps.lab.feed.feed.RED_FOR", 0.0)
    assert workers()["sales_consumer"] == {"alive": 1, "expected": 1, "red": 0, "deaths": 1}


def test_one_more_than_expected_that_has_left_makes_nobody_red(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive(feed, "price_responder", instance="9")
    monkeypatch.setattr("apps.lab.feed.feed.SILENT_AFTER", 0.05)
    eventually(lambda: not workers()["price_responder"]["alive"], what="9 is silent")
    alive(feed, "price_responder", instance="1")
    alive(feed, "price_responder", instance="2")
    assert workers()["price_responder"]["red"] == 0


@pytest.mark.django_db
def test_the_state_is_whole_while_both_brokers_are_away(feed: Feed) -> None:
    now = state()
    assert (now["streams"], now["queues"]) == ([], [])
    assert now["nodes"]["stream"]["facts"] == ["NATS is away"]
    assert set(now["workers"]) == {"web", *settings.WORKERS}
    json.dumps(now)


def test_it_is_taken_while_somebody_asks_and_no_longer(
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


def test_it_survives_a_broker_that_fails_in_the_middle(
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
