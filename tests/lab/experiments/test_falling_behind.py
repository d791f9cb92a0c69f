"""The watch of an experiment: which figure of `/metrics` rises, and stays there."""

from typing import Any

import pytest

from apps.lab.experiments.falling_behind import PENDING, RISE, STAYS, Seen, read_figures
from apps.messaging.operations import metrics
from apps.messaging.operations.status import PARTS


def status_with(pending: int, *, messages: int = 0, visible: int = 0) -> dict[str, Any]:
    return {
        "workers": [{"name": "sales_consumer", "instances": 1}],
        "streams": [{"name": "ORDERS", "messages": messages}],
        "consumers": [{"name": "sales", "pending": pending, "ack_pending": 0}],
        "queues": [{"name": "jobs", "visible": visible, "in_flight": 0}],
        "outbox": None,
        "dead_letters": None,
        "dead_letter_ages": {},
        "parts": {},
        "problems": dict.fromkeys(PARTS, ""),
    }


@pytest.fixture
def status(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    status = status_with(2)
    monkeypatch.setattr(metrics, "status", lambda: status)
    return status


def test_each_line_of_metrics_is_a_figure(status: dict[str, Any]) -> None:
    assert read_figures()[PENDING] == 2
    assert read_figures()['shop_worker_instances{name="sales_consumer"}'] == 1


def test_the_figure_that_rose_and_stayed_is_shown_with_its_time(status: dict[str, Any]) -> None:
    watch = Seen()
    watch.look()
    status |= status_with(2 + RISE)
    for _ in range(STAYS - 1):
        assert not watch.sales_is_shown()
    assert watch.sales_is_shown()
    at, value = watch.shown[PENDING]
    assert (at > 0, value) == (True, 2 + RISE)


def test_a_figure_that_rose_for_a_moment_is_not_shown(status: dict[str, Any]) -> None:
    watch = Seen()
    for visible in (RISE, RISE, 0, RISE):
        status |= status_with(2, visible=visible)
        watch.look()
    assert watch.shown == {}


def test_the_length_of_the_stream_shows_nothing(status: dict[str, Any]) -> None:
    watch = Seen()
    status |= status_with(2, messages=100)
    for _ in range(STAYS):
        watch.look()
    assert watch.shown == {}
