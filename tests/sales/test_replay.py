"""Figures of a replay beside the live ones: which days are compared and replaced."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from threading import Event
from typing import cast

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.messaging import outbox
from apps.messaging.models import DeadLetter, InboxEntry, OutboxMessage
from apps.messaging.operations.pruning import inbox_kept
from apps.messaging.recovery.replay import Replay, Replayed
from apps.orders.events import OrderConfirmed
from apps.orders.models import Order
from apps.sales.models import SalesDay
from apps.sales.rebuilt import Rebuilt
from apps.sales.replay import Comparison, CountedMeanwhile, compare
from tests.orders.factories import confirm, event_of, make_order, reject
from tests.sales.stream import StoredStream, count_live, deliveries, figures, today

pytestmark = pytest.mark.django_db

ONE_ORDER = {"placed": 1, "units": 2, "revenue": Decimal("19.98")}


def yesterday() -> date:
    return today() - timedelta(days=1)


def order_placed_on(day: date) -> Order:
    order = make_order()
    Order.objects.filter(id=order.id).update(placed_at=midnight(day) + timedelta(minutes=1))
    return order


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def replay(stream: StoredStream | None = None, *, apply: bool = False) -> Comparison:
    return compare(cast("Replay", stream or StoredStream()), Rebuilt(), apply=apply)


def damage() -> None:
    SalesDay.objects.update(revenue=5, placed=3)


def test_a_replay_makes_the_same_figures() -> None:
    confirm(order_placed_on(yesterday()))
    order_placed_on(today())
    count_live()
    found = replay()
    assert (found.days, found.differences) == ([yesterday(), today()], [])


def test_every_different_figure_is_reported() -> None:
    order_placed_on(today())
    count_live()
    damage()
    lines = [f"{each.figure} {each.live} {each.replayed}" for each in replay().differences]
    assert lines == ["placed 3 1", "revenue 5.00 19.98"]


def test_a_replay_without_apply_changes_nothing() -> None:
    order_placed_on(today())
    SalesDay.objects.create(day=today(), currency="GBP", placed=3)
    replay()
    assert figures() == {str(today()): {"placed": 3}}
    assert not InboxEntry.objects.exists()


def test_a_replay_with_apply_replaces_the_days() -> None:
    order_placed_on(today())
    count_live()
    damage()
    assert replay(apply=True).differences
    assert figures() == {str(today()): ONE_ORDER}
    assert not replay().differences


def test_a_day_without_events_loses_its_figures() -> None:
    order_placed_on(yesterday())
    count_live()
    SalesDay.objects.create(day=today(), currency="GBP", placed=3)
    replay(apply=True)
    assert set(figures()) == {str(yesterday())}


def test_days_before_the_first_event_are_unchanged() -> None:
    order_placed_on(today())
    count_live()
    SalesDay.objects.create(day=yesterday(), currency="GBP", placed=3)
    assert replay(apply=True).days == [today()]
    assert figures()[str(yesterday())] == {"placed": 3}


def test_a_replayed_event_is_not_counted_again_live() -> None:
    order_placed_on(today())
    assert replay(apply=True).uncounted == 1
    count_live()
    assert figures() == {str(today()): ONE_ORDER}
    assert not DeadLetter.objects.exists()


def test_a_counted_event_of_another_source_is_recognised() -> None:
    order_placed_on(today())
    row = OutboxMessage.objects.get()
    row.headers = json.dumps(json.loads(row.headers) | {"ce-source": "/till"})
    row.save()
    count_live()
    assert replay(apply=True).uncounted == 0
    count_live()
    assert figures() == {str(today()): ONE_ORDER}


def test_a_partly_covered_first_day_is_skipped() -> None:
    order_placed_on(yesterday())
    order_placed_on(today())
    count_live()
    damage()
    found = replay(
        StoredStream(gapless_after=midnight(yesterday()) + timedelta(hours=1)), apply=True
    )
    assert (found.days, found.cut_off) == ([today()], [yesterday()])
    assert figures()[str(yesterday())]["placed"] == 3


def test_a_day_is_complete_from_its_midnight() -> None:
    order_placed_on(yesterday())
    assert replay(StoredStream(gapless_after=midnight(yesterday()))).days == [yesterday()]


def test_a_day_with_more_live_events_is_skipped() -> None:
    older = order_placed_on(yesterday())
    not_in_the_range = OutboxMessage.objects.get().pk
    order_placed_on(today())
    confirm(older)
    count_live()
    damage()
    found = replay(StoredStream(after=not_in_the_range), apply=True)
    assert (found.days, found.busy) == ([today()], [yesterday()])
    assert figures()[str(yesterday())]["placed"] == 3


def test_events_counted_during_a_replay_are_read_too() -> None:
    order_placed_on(today())
    count_live()

    class BusyStream(StoredStream):
        reads = 0

        def read(self) -> Iterator[list[Replayed]]:
            yield from super().read()
            self.reads += 1
            if self.reads == 1:
                order_placed_on(today())
                count_live(*deliveries()[1:])

    found = replay(BusyStream())
    assert (found.days, found.busy, found.differences) == ([today()], [], [])


def test_days_pruned_from_the_inbox_are_skipped() -> None:
    long_ago = (timezone.now() - inbox_kept()).date()
    order_placed_on(long_ago)
    order_placed_on(today())
    found = replay()
    assert (found.days, found.cut_off) == ([today()], [long_ago])


def test_a_replay_skips_events_of_unknown_orders() -> None:
    Order.objects.filter(id=order_placed_on(today()).id).delete()
    rebuilt = Rebuilt()
    found = compare(cast("Replay", StoredStream()), rebuilt, apply=True)
    assert (len(rebuilt.foreign), found.days, figures()) == (1, [], {})


@pytest.mark.parametrize("end", [reject, lambda order: order])
def test_an_event_that_contradicts_its_order_is_never_counted(
    end: Callable[[Order], Order],
) -> None:
    order = end(order_placed_on(today()))
    say_confirmed(order)
    count_live()
    found = replay(apply=True)
    assert (found.days, found.differences, found.uncounted) == ([today()], [], 0)
    assert "confirmed" not in figures()[str(today())]


def test_an_early_false_event_that_becomes_true_is_counted_once() -> None:
    order = order_placed_on(today())
    say_confirmed(order)
    count_live()
    confirm(order)
    replay(apply=True)
    count_live(deliveries()[-1])
    assert replay().differences == []
    assert figures()[str(today())]["confirmed"] == 1


@transaction.atomic
def say_confirmed(order: Order) -> None:
    """Put a foreign event into the stream."""
    outbox.record(event_of(OrderConfirmed, order), key=str(order.id))


def sell_and_count(enough: Event) -> int:
    """Let events come into the stream, and count each of them live; return how many orders."""
    orders = place = 0
    while not enough.wait(0.005):
        confirm(make_order())
        new = deliveries(after=place)
        count_live(*new)
        place = new[-1].sequence
        orders += 1
    connection.close()
    return orders


@pytest.mark.django_db(transaction=True)
def test_repeated_replays_during_sales_count_each_event_once() -> None:
    swaps, enough = 0, Event()
    with ThreadPoolExecutor(1) as live:
        selling = live.submit(sell_and_count, enough)
        try:
            while swaps < 20 and not selling.done():
                with suppress(CountedMeanwhile):
                    swaps += bool(replay(apply=True).days)
        finally:
            enough.set()
    orders = selling.result()
    sold = list(SalesDay.objects.all())
    assert sum(row.placed for row in sold) == sum(row.confirmed for row in sold) == orders
    assert sum(row.revenue for row in sold) == orders * Decimal("19.98")
