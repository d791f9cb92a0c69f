"""How many jobs a worker asks for, and when."""

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.jobs.pace import Pace, Poll

LONG = 7


@pytest.fixture(autouse=True)
def long_polls(settings: Settings) -> None:
    settings.SQS_WAIT_SECONDS = LONG


def pace_of(seconds: float, *, slots: int = 2) -> Pace:
    """Return the pace of a worker whose last jobs took so long."""
    pace = Pace(slots)
    for _ in range(50):
        pace.took(seconds)
    return pace


def next_poll(pace: Pace, *, begun: int, waiting: int) -> Poll | None:
    return pace.next_poll(begun=begun, waiting=waiting, at_most=pace.most)


def test_the_first_poll_asks_for_a_job_per_slot() -> None:
    assert next_poll(Pace(2), begun=0, waiting=0) == Poll(2, LONG)


@pytest.mark.parametrize(("seconds", "asked"), [(30.0, 1), (0.9, 2), (0.45, 4), (0.01, 10)])
def test_free_slots_ask_for_jobs_that_begin_within_a_second(seconds: float, asked: int) -> None:
    assert next_poll(pace_of(seconds), begun=0, waiting=0) == Poll(asked, LONG)


def test_long_jobs_are_left_to_others_while_no_slot_is_free() -> None:
    assert next_poll(pace_of(0.5), begun=2, waiting=0) is None


def test_short_jobs_are_received_while_others_are_at_work() -> None:
    pace = pace_of(0.001)
    assert next_poll(pace, begun=2, waiting=8) == Poll(10, 0), (
        "it does not wait, nor hold up a stop"
    )
    assert next_poll(pace, begun=2, waiting=11) is None


def test_an_empty_queue_is_asked_again_only_by_a_free_slot() -> None:
    pace = pace_of(0.001)
    pace.received(0)
    assert next_poll(pace, begun=2, waiting=1) is None
    assert next_poll(pace, begun=1, waiting=0) == Poll(10, LONG)
    pace.received(3)
    assert next_poll(pace, begun=2, waiting=1) == Poll(10, 0)


@pytest.mark.parametrize("slots", [1, 2])
def test_the_brake_tries_one_job(slots: int) -> None:
    pace = pace_of(0.001, slots=slots)
    assert pace.next_poll(begun=0, waiting=0, at_most=1) == Poll(1, LONG)
    assert pace.next_poll(begun=1, waiting=0, at_most=1) is None
