"""The switches and the load as they are stored."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.lab import services
from apps.lab.models import Fault
from apps.lab.queries import faults_on, load_rate, load_seconds_left, switches
from apps.lab.services import LONGEST, set_load, switch_off, switch_on

pytestmark = pytest.mark.django_db

POINT = "consumer.fetched"


@pytest.fixture(autouse=True)
def changes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    changes: list[str] = []
    monkeypatch.setattr(services, "announce_change", lambda: changes.append("told"))
    return changes


def test_a_fault_is_one_row_that_every_process_reads() -> None:
    switch_on(point=POINT, action="delay", rate=0.5, seconds=2)
    (fault,) = faults_on()
    assert (fault.point, fault.action, fault.rate, fault.seconds) == (POINT, "delay", 0.5, 2)


def test_a_second_fault_replaces_the_first() -> None:
    switch_on(point=POINT, action="delay")
    switch_on(point=POINT, action="raise")
    assert [fault.action for fault in faults_on()] == ["raise"]


def test_a_change_is_announced_after_the_commit(
    changes: list[str], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        switch_on(point=POINT, action="raise")
        assert changes == []
    assert changes == ["told"]


def test_every_fault_has_a_limit() -> None:
    fault = switch_on(point=POINT, action="raise", lasts=timedelta(days=1))
    assert fault.until <= timezone.now() + LONGEST


def test_a_fault_ends_by_its_time() -> None:
    switch_on(point=POINT, action="raise", lasts=timedelta(0))
    assert faults_on() == []


@pytest.mark.parametrize(
    ("point", "action"),
    [("nowhere", "raise"), (POINT, "explode"), ("relay.claimed", "skip")],
)
def test_an_impossible_fault_is_an_error(point: str, action: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        switch_on(point=point, action=action)


def test_one_consumers_fault_is_switched_off() -> None:
    switch_on(point=POINT, action="raise", consumer="sales")
    switch_on(point=POINT, action="raise", consumer="fulfilment")
    assert switch_off(point=POINT, consumer="sales", trace="") == 1
    assert [fault.consumer for fault in faults_on()] == ["fulfilment"]


def test_all_off_keeps_faults_of_experiments() -> None:
    switch_on(point=POINT, action="raise")
    switch_on(point=POINT, action="raise", trace="a" * 32)
    switch_off(trace="")
    assert [fault.trace for fault in Fault.objects.all()] == ["a" * 32]


@pytest.mark.parametrize(("asked", "stored"), [(-3, 0), (4, 4), (99, 50)])
def test_a_load_is_none_to_fifty(asked: int, stored: int) -> None:
    set_load(rate=asked)
    assert load_rate() == stored


def test_a_load_ends_by_itself() -> None:
    set_load(rate=5, lasts=timedelta(seconds=30))
    assert 0 < load_seconds_left() <= 30
    set_load(rate=5, lasts=timedelta(0))
    assert (load_rate(), load_seconds_left()) == (0, 0)


@pytest.mark.parametrize(("rate", "seconds"), [(10, 600), (50, 120)])
def test_a_load_has_a_longest_time_and_most_orders(rate: int, seconds: int) -> None:
    set_load(rate=rate, lasts=timedelta(hours=1))
    assert seconds - 2 <= load_seconds_left() <= seconds


def test_windows_see_a_change() -> None:
    before = switches()
    switch_on(point=POINT, action="raise")
    set_load(rate=3)
    after = switches()
    assert before["faults"] != after["faults"]
    assert (before["load"], after["load"]) == (0, 3)
