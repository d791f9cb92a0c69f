"""A visitor's durable on a real server: what he does, and what his log says of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from apps.lab.consumer import events, workbenches
from apps.lab.feed import hops
from apps.lab.feed.shown_message import ShownMessage
from apps.lab.models import HandDelivery, Workbench
from tests.messaging.support.brokers import on_nats
from tests.support.nats_server import NatsServer
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)

type Placed = Callable[..., None]


@pytest.fixture
def durable(bench: Workbench) -> Workbench:
    events.make_durable(bench, subject="orders.placed", is_for_new_events=False)
    bench.refresh_from_db()
    return bench


def take(bench: Workbench) -> HandDelivery:
    """Take until there is a delivery more, and return it."""
    last = bench.deliveries.first()

    def taken() -> HandDelivery | None:
        events.take(bench)
        newest = bench.deliveries.first()
        return newest if newest and newest != last else None

    found = eventually(taken, what=lambda: last_line(bench))
    assert found
    return found


def last_line(bench: Workbench) -> str:
    bench.refresh_from_db()
    return str(bench.log[-1][1])


def test_only_events_of_the_filter_are_taken(durable: Workbench, placed: Placed) -> None:
    placed("orders.cancelled")
    placed("orders.placed")
    assert (durable.subject, take(durable).message) == ("orders.placed", "2")
    assert "attempt 1" in last_line(durable)


def test_an_acknowledged_event_has_ended(durable: Workbench, placed: Placed) -> None:
    placed()
    delivery = take(durable)
    events.answer(durable, delivery.pk, events.ACK)
    delivery.refresh_from_db()
    assert delivery.ended == events.ACK
    assert "Now waiting: 0, not settled: 0, settled up to sequence: 1." in last_line(durable)


@pytest.mark.parametrize("how", [events.NAK, events.LATER])
def test_an_event_that_is_given_back_is_met_again(
    durable: Workbench, placed: Placed, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "LATER_BY", timedelta(seconds=1))
    placed()
    first = take(durable)
    events.answer(durable, first.pk, how)
    second = take(durable)
    assert (second.message, second.attempt) == (first.message, 2)
    assert "The same message again" in last_line(durable)


def test_an_event_whose_time_lapses_is_met_again(
    bench: Workbench, placed: Placed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbenches, "ACK_WAIT", timedelta(seconds=1))
    events.make_durable(bench, subject="orders.>", is_for_new_events=False)
    placed()
    first, second = take(bench), take(bench)
    assert (first.message, second.attempt) == (second.message, 2)
    events.answer(bench, first.pk, events.ACK)
    assert "although attempt 2 is out" in last_line(bench)
    assert "not settled: 0" in last_line(bench)


def test_a_terminated_event_is_not_met_again(durable: Workbench, placed: Placed) -> None:
    placed()
    events.answer(durable, take(durable).pk, events.TERM)
    events.take(durable)
    assert "nothing came. No message waits" in last_line(durable)


def test_progress_begins_the_time_again(durable: Workbench, placed: Placed) -> None:
    placed()
    delivery = take(durable)
    before = delivery.until
    events.answer(durable, delivery.pk, events.PROGRESS)
    delivery.refresh_from_db()
    assert delivery.until > before
    assert delivery.ended == ""


def test_with_too_many_unsettled_nothing_comes(durable: Workbench, placed: Placed) -> None:
    for _ in range(workbenches.MAX_ACK_PENDING + 1):
        placed()
    for _ in range(workbenches.MAX_ACK_PENDING):
        take(durable)
    events.take(durable)
    assert "max_ack_pending" in last_line(durable)


def test_an_event_is_answered_once(durable: Workbench, placed: Placed) -> None:
    placed()
    delivery = take(durable)
    events.answer(durable, delivery.pk, events.TERM)
    before = last_line(durable)
    events.answer(durable, delivery.pk, events.ACK)
    assert last_line(durable) == before


def test_an_unknown_answer_changes_nothing(durable: Workbench, placed: Placed) -> None:
    placed()
    delivery = take(durable)
    events.answer(durable, delivery.pk, "explode")
    delivery.refresh_from_db()
    assert delivery.ended == ""


def test_a_durable_that_is_gone_is_named(durable: Workbench, placed: Placed) -> None:
    placed()
    delivery = take(durable)
    workbenches.durable_of(durable).remove()
    events.answer(durable, delivery.pk, events.ACK)
    assert "was not confirmed: The server has no such durable any more." in last_line(durable)
    delivery.refresh_from_db()
    assert delivery.ended == ""


def test_a_server_that_is_away_is_named(durable: Workbench, brokers: NatsServer) -> None:
    brokers.stop()
    events.take(durable)
    assert last_line(durable).startswith("Nothing was taken: ")


def test_what_is_taken_and_acknowledged_is_on_the_map(
    durable: Workbench, placed: Placed, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[tuple[str, str, str]] = []

    def report(point: str, messages: list[ShownMessage]) -> None:
        reported.extend((point, each.consumer, hops.trace_at(each)) for each in messages)

    monkeypatch.setattr(hops, "report", report)
    placed()
    events.answer(durable, take(durable).pk, events.ACK)
    mine, trace = str(durable), 32 * "a"
    assert reported == [("consumer.fetched", mine, trace), ("consumer.acknowledged", mine, trace)]


def test_text_that_a_database_does_not_take_is_escaped(
    durable: Workbench, brokers: NatsServer
) -> None:
    on_nats(brokers, lambda nc: nc.jetstream().publish("orders.placed", b"\x00\xff"))
    assert take(durable).body == "\\x00\\xff"
