"""Faults in one process: its copy of the table, and what it does at a hook."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError

from apps.lab.faults import fault_cache
from apps.lab.feed import hops
from apps.lab.models import Fault
from apps.lab.services import switch_off, switch_on
from apps.messaging.errors import MessageUnreadable
from apps.messaging.events.delivery import Delivery
from apps.messaging.hooks.faults import BrokenOnPurpose
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture(autouse=True)
def reported(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect reports here, without a broker."""
    reported: list[str] = []
    monkeypatch.setattr(hops, "report", lambda point, passing: reported.append(point))
    monkeypatch.setattr(
        hops,
        "report_now",
        lambda point, passing, **attributes: reported.append(
            "=".join([point, *attributes.values()])
        ),
    )
    monkeypatch.setattr(fault_cache, "FAULT_CACHE", fault_cache.FaultCache())
    monkeypatch.setattr("apps.lab.services.announce_change", lambda: None)
    return reported


def on(point: str = "consumer.fetched", action: str = "raise", **options: Any) -> Fault:
    fault = switch_on(point=point, action=action, **options)
    fault_cache.read()
    return fault


def delivery(**changes: Any) -> Delivery:
    like: dict[str, Any] = {
        "consumer": "drinker",
        "subject": "teas.brewed",
        "headers": {},
        "body": b"",
        "stream": "TEAS",
        "sequence": 1,
    }
    return Delivery(**(like | {"attempt": 1} | changes))


def strikes(message: object = None, point: str = "consumer.fetched") -> bool:
    try:
        fault_cache.act(point, [message or delivery()], {})
    except BrokenOnPurpose:
        return True
    return False


def test_without_a_fault_every_hop_is_reported(reported: list[str]) -> None:
    assert not strikes()
    assert reported == ["consumer.fetched"]


def test_a_fault_acts_only_at_its_hook() -> None:
    on()
    assert strikes()
    assert not strikes(point="consumer.handled")


def test_a_fault_may_be_for_one_consumer() -> None:
    on(consumer="sales")
    assert strikes(delivery(consumer="sales"))
    assert not strikes(delivery(consumer="fulfilment"))


def test_a_fault_may_be_for_the_first_delivery() -> None:
    on(first=1)
    assert strikes(delivery(attempt=1))
    assert not strikes(delivery(attempt=2))


def test_a_fault_may_be_for_one_trace() -> None:
    on(trace=TRACE)
    assert strikes(delivery(headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}))
    assert not strikes(delivery())


def test_a_rate_breaks_a_part_of_the_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    on(rate=0.1)
    monkeypatch.setattr("random.random", lambda: 0.09)
    assert strikes()
    monkeypatch.setattr("random.random", lambda: 0.11)
    assert not strikes()


def test_a_fault_ends_without_a_new_reading() -> None:
    on(lasts=timedelta(milliseconds=50))
    eventually(lambda: not strikes(), within=1, what="it is over")


def test_a_reading_drops_a_fault_switched_off() -> None:
    on()
    switch_off(point="consumer.fetched")
    assert strikes()
    fault_cache.read()
    assert not strikes()


def test_corrupt_makes_a_message_unreadable() -> None:
    on(action="corrupt")
    with pytest.raises(MessageUnreadable):
        strikes()


def test_skip_leaves_out_the_next_step(reported: list[str]) -> None:
    on(point="job.deleting", action="skip")
    assert fault_cache.act("job.deleting", [], {})
    assert reported[-1] == "job.deleting=skip"


def test_a_row_with_the_former_name_of_an_action_strikes() -> None:
    on(point="job.deleting", action="skip")
    Fault.objects.update(action="drop")
    fault_cache.read()
    assert fault_cache.act("job.deleting", [], {})


def test_a_changed_table_is_reported(reported: list[str]) -> None:
    on()
    fault_cache.read()
    assert reported == [fault_cache.TABLE_READ]


def test_a_web_process_reads_an_old_copy_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fault_cache, "FRESH_FOR", 600.0)
    fault_cache.read_when_asked()
    assert not strikes()
    switch_on(point="consumer.fetched", action="raise")
    assert not strikes()
    monkeypatch.setattr(fault_cache, "FRESH_FOR", 0.0)
    assert strikes()


def test_a_web_process_survives_a_failed_reading(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail() -> None:
        raise DatabaseError

    fault_cache.read_when_asked()
    monkeypatch.setattr(fault_cache, "FRESH_FOR", 0.0)
    monkeypatch.setattr(fault_cache.FAULT_CACHE, "read", fail)
    assert not strikes()
