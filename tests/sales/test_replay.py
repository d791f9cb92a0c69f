"""Figures built anew beside the live ones: which days are compared, and what a swap does."""

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
from tests.orders.making import confirm, event_of, make_order, reject
from tests.sales.stream import StoredStream, count_live, deliveries, figures

pytestmark = pytest.mark.django_db

TODAY = timezone.now().date()
YESTERDAY = TODAY - timedelta(days=1)
ONE_ORDER = {"placed": 1, "units": 2, "revenue": Decimal("19.98")}


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


def test_the_same_events_make_the_same_figures() -> None:
    confirm(order_placed_on(YESTERDAY))
    order_placed_on(TODAY)
    count_live()
    found = replay()
    assert (found.days, found.differences) == ([YESTERDAY, TODAY], [])


def test_each_figure_that_differs_is_told() -> None:
    order_placed_on(TODAY)
    count_live()
    damage()
    told = [f"{each.figure} {each.live} {each.replayed}" for each in replay().differences]
    assert told == ["placed 3 1", "revenue 5.00 19.98"]


def test_without_apply_nothing_is_changed() -> None:
    order_placed_on(TODAY)
    SalesDay.objects.create(day=TODAY, currency="GBP", placed=3)
    replay()
    assert figures() == {str(TODAY): {"placed": 3}}
    assert not InboxEntry.objects.exists()


def test_with_apply_the_days_are_swapped_in() -> None:
    order_placed_on(TODAY)
    count_live()
    damage()
    assert replay(apply=True).differences
    assert figures() == {str(TODAY): ONE_ORDER}
    assert not replay().differences


def test_a_day_without_events_loses_its_figures() -> None:
    order_placed_on(YESTERDAY)
    count_live()
    SalesDay.objects.create(day=TODAY, currency="GBP", placed=3)
    replay(apply=True)
    assert set(figures()) == {str(YESTERDAY)}


def test_what_lies_before_the_first_event_is_left_alone() -> None:
    order_placed_on(TODAY)
    count_live()
    SalesDay.objects.create(day=YESTERDAY, currency="GBP", placed=3)
    assert replay(apply=True).days == [TODAY]
    assert figures()[str(YESTERDAY)] == {"placed": 3}


def test_a_swapped_in_event_is_not_counted_again_when_the_live_one_gets_to_it() -> None:
    order_placed_on(TODAY)
    assert replay(apply=True).uncounted == 1
    count_live()
    assert figures() == {str(TODAY): ONE_ORDER}
    assert not DeadLetter.objects.exists()


def test_a_day_in_which_the_range_begins_is_left_out() -> None:
    order_placed_on(YESTERDAY)
    order_placed_on(TODAY)
    count_live()
    damage()
    found = replay(StoredStream(gapless_after=midnight(YESTERDAY) + timedelta(hours=1)), apply=True)
    assert (found.days, found.cut_off) == ([TODAY], [YESTERDAY])
    assert figures()[str(YESTERDAY)]["placed"] == 3


def test_a_day_at_whose_midnight_the_range_begins_is_whole() -> None:
    order_placed_on(YESTERDAY)
    assert replay(StoredStream(gapless_after=midnight(YESTERDAY))).days == [YESTERDAY]


def test_a_day_of_which_the_live_figures_know_more_is_left_out() -> None:
    order_placed_on(YESTERDAY)
    not_in_the_range = OutboxMessage.objects.get().pk
    order_placed_on(TODAY)
    confirm(Order.objects.order_by("placed_at")[0])
    count_live()
    damage()
    found = replay(StoredStream(after=not_in_the_range), apply=True)
    assert (found.days, found.busy) == ([TODAY], [YESTERDAY])
    assert figures()[str(YESTERDAY)]["placed"] == 3


def test_what_is_counted_while_it_reads_is_read_too() -> None:
    order_placed_on(TODAY)
    count_live()

    class BusyStream(StoredStream):
        reads = 0

        def read(self) -> Iterator[list[Replayed]]:
            yield from super().read()
            self.reads += 1
            if self.reads == 1:
                order_placed_on(TODAY)
                count_live(*deliveries()[1:])

    found = replay(BusyStream())
    assert (found.days, found.busy, found.differences) == ([TODAY], [], [])


def test_days_that_the_inbox_has_forgotten_are_left_out() -> None:
    long_ago = (timezone.now() - inbox_kept()).date()
    order_placed_on(long_ago)
    order_placed_on(TODAY)
    found = replay()
    assert (found.days, found.cut_off) == ([TODAY], [long_ago])


def test_an_event_of_an_order_that_nobody_knows_is_passed_over() -> None:
    Order.objects.filter(id=order_placed_on(TODAY).id).delete()
    rebuilt = Rebuilt()
    found = compare(cast("Replay", StoredStream()), rebuilt, apply=True)
    assert (len(rebuilt.not_ours), found.days, figures()) == (1, [], {})


@pytest.mark.parametrize("end", [reject, lambda order: order])
def test_what_the_order_belies_is_counted_neither_live_nor_anew(
    end: Callable[[Order], Order],
) -> None:
    order = end(order_placed_on(TODAY))
    say_confirmed(order)
    count_live()
    found = replay(apply=True)
    assert (found.days, found.differences, found.uncounted) == ([TODAY], [], 0)
    assert "confirmed" not in figures()[str(TODAY)]


def test_a_lie_that_comes_true_later_is_counted_once_as_well() -> None:
    order = order_placed_on(TODAY)
    say_confirmed(order)
    count_live()
    confirm(order)
    replay(apply=True)
    count_live(deliveries()[-1])
    assert replay().differences == []
    assert figures()[str(TODAY)]["confirmed"] == 1


@transaction.atomic
def say_confirmed(order: Order) -> None:
    """Put an event into the stream that nobody but a stranger would send."""
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
def test_swapped_again_and_again_while_it_counts_no_event_is_lost_or_counted_twice() -> None:
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
