"""Messages with their timers, from hops."""

from typing import Any

from apps.lab.inside.unsettled import unsettled

NOW = 1000.0


def hop(point: str, ago: float, **changes: Any) -> dict[str, Any]:
    return {
        "point": point,
        "at": NOW - ago,
        "worker": "sales_consumer",
        "consumer": "sales",
        "message_id": "1",
        "attempt": 1,
        "attributes": {"sequence": 7},
        **changes,
    }


def test_a_fetched_event_is_in_flight_until_its_time_is_over() -> None:
    (found,) = unsettled([hop("consumer.fetched", ago=4)], now=NOW)
    assert (found.consumer, found.sequence, found.seconds, found.is_retry) == ("sales", 7, 6, False)
    assert unsettled([hop("consumer.fetched", ago=60)], now=NOW) == []


def test_an_acknowledged_event_is_settled() -> None:
    hops = [hop("consumer.fetched", ago=4), hop("consumer.acknowledged", ago=3)]
    assert unsettled(hops, now=NOW) == []


def test_a_failed_event_waits_for_its_retry() -> None:
    failed = hop("consumer.failed", ago=3, attributes={"sequence": 7, "delay": 8})
    (found,) = unsettled([hop("consumer.fetched", ago=4), failed], now=NOW)
    assert (found.seconds, found.is_retry) == (5, True)


def test_one_event_is_unsettled_at_each_of_its_consumers() -> None:
    hops = [hop("consumer.fetched", ago=1, consumer=each) for each in ("sales", "fulfilment")]
    assert {each.consumer for each in unsettled(hops, now=NOW)} == {"sales", "fulfilment"}


def test_that_of_a_visitor_is_not_counted_by_its_hop() -> None:
    taken = hop("consumer.fetched", ago=1, attributes={"sequence": 7, "by_hand": "yes"})
    assert unsettled([taken], now=NOW) == []
