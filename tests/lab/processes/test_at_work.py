"""Processes by hand in a whole demo: real workers, real messages.

One demo for all tests, in their order; the last one stops it.
"""

import json
import re
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from apps.lab.processes import supervisor
from tests.demo.processes import is_running
from tests.demo.running import RunningDemo
from tests.lab.processes.conftest import states
from tests.support.waiting import at_most, eventually

FULFILMENT = "fulfilment_consumer"
READY_WITHIN = 60.0


@pytest.fixture(scope="module")
def whole_demo(new_demo: Callable[[str], RunningDemo]) -> Iterator[RunningDemo]:
    demo = new_demo("processes")
    demo.environment["PRICE_LOOKUP_TIMEOUT"] = "4"  # Prices may come late on a busy machine.
    demo.start()
    yield demo
    if demo.process.poll() is None:
        demo.stop(signal.SIGTERM)


@pytest.fixture
def demo(whole_demo: RunningDemo, settings: Settings) -> RunningDemo:
    settings.SUPERVISOR_SOCKET = Path(whole_demo.environment["DEMO_DIR"]) / "demo.socket"
    return whole_demo


def act(act: str, worker: str, *, becomes: str) -> None:
    supervisor.act(act, worker, 1)
    eventually(lambda: states(worker) == {becomes}, within=20, what=f"{worker} {becomes}")


def place_order(demo: RunningDemo) -> str:
    order = {"email": "ada@example.com", "lines": [{"sku": "ABC", "quantity": 1}]}
    status, body = demo.post("/api/orders", order)
    assert status == 201, body
    return str(json.loads(body)["id"])


def has_said(demo: RunningDemo, said: re.Pattern[str]) -> bool:
    return bool(said.search(demo.log))


def status_of(demo: RunningDemo, order: str) -> str:
    return str(json.loads(demo.get(f"/api/orders/{order}")[1])["status"])


@pytest.mark.parametrize(
    ("down", "state", "up"), [("stop", "stopped", "start"), ("pause", "paused", "continue")]
)
def test_an_order_waits_for_a_consumer_that_is_away(
    demo: RunningDemo, down: str, state: str, up: str
) -> None:
    act(down, FULFILMENT, becomes=state)
    order = place_order(demo)
    eventually(
        lambda: FULFILMENT in demo.get("/readyz/all")[1], within=60, what="it is said to be away"
    )
    assert status_of(demo, order) == "placed"
    act(up, FULFILMENT, becomes="running")
    eventually(lambda: status_of(demo, order) == "confirmed", within=60, what="confirmed")
    eventually(demo.is_ready, within=READY_WITHIN, what="it is ready")


def test_a_killed_worker_is_started_again(demo: RunningDemo) -> None:
    (before,) = demo.pids(f"workers.{FULFILMENT}")
    supervisor.act("kill", FULFILMENT, 1)
    eventually(
        lambda: demo.pids(f"workers.{FULFILMENT}") not in ([], [before]), within=30, what="again"
    )
    eventually(demo.is_ready, within=READY_WITHIN, what="it is ready")


def test_an_added_instance_has_its_number_in_the_log_and_one_word_as_worker(
    demo: RunningDemo,
) -> None:
    supervisor.scale("preview_resizer", 4)
    supervisor.scale("outbox_relay", 2)
    for label, number in (("preview_resizer.4", 4), ("outbox_relay.2", 2)):
        said = re.compile(rf"(?m)^{re.escape(label)} +\| .*started +instance={number}\b")
        eventually(partial(has_said, demo, said), within=30, what=label)
    order = place_order(demo)
    eventually(lambda: status_of(demo, order) == "confirmed", within=60, what="confirmed")
    assert len(demo.pids("workers.preview_resizer")) == 4


def test_the_demo_ends_in_order_with_stopped_and_paused_workers(demo: RunningDemo) -> None:
    act("stop", "sales_consumer", becomes="stopped")
    act("pause", FULFILMENT, becomes="paused")
    act("pause", "notification_consumer", becomes="paused")
    everyone = demo.members()
    code, seconds = demo.stop()
    assert code == 0
    assert seconds < at_most(12)
    assert [args for pid, args in everyone.items() if is_running(pid)] == []
    assert not Path(demo.environment["DEMO_DIR"], "demo.socket").exists()
    stopped = re.findall(rf"(?m)^{FULFILMENT} +\| .*stopped", demo.log)
    assert stopped, "it has ended by itself, and was not killed"
