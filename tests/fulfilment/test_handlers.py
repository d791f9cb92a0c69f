"""Stock that changes when an order is placed or cancelled."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import batched
from typing import Any, Literal
from uuid import uuid4

import pytest
from django.db import connections, transaction

from apps.catalog.models import Product
from apps.fulfilment.handlers import CONSUMER, release_stock, reserve_stock
from apps.fulfilment.models import Reservation
from apps.fulfilment.services import reserve
from apps.messaging.errors import MessageUnreadable
from apps.messaging.events.delivery import Delivery, deliver
from apps.messaging.handling.verdicts import Reject
from apps.messaging.models import DeadLetter
from apps.messaging.testing import Deliver, PublishedMessages
from apps.orders.errors import EventContradictsOrder
from apps.orders.events import OrderCancelled, OrderPlaced
from apps.orders.models import Order
from apps.orders.services import cancel_order
from tests.catalog.products import make_product
from tests.orders.factories import event_of, make_order, priced, recorded
from tests.support.statements import statements_of

pytestmark = pytest.mark.django_db


def stock(sku: str = "ABC") -> int:
    return Product.objects.get(sku=sku).stock


def place(order: Order) -> Order:
    reserve_stock(event_of(OrderPlaced, order))
    order.refresh_from_db()
    return order


def cancel(order: Order) -> Order:
    cancelled = cancel_order(order_id=order.id)
    release_stock(event_of(OrderCancelled, cancelled, reason="cancelled"))
    return cancelled


def test_an_order_is_reserved_by_seven_statements() -> None:
    """Order, lines and products are read; stock, reservation, order and event are written."""
    make_product("ABC", stock=5)
    placed = event_of(OrderPlaced, make_order())
    written = ["UPDATE", "INSERT", "UPDATE", "INSERT"]
    assert statements_of(lambda: reserve_stock(placed)) == ["SELECT"] * 3 + written


def test_an_order_in_stock_is_confirmed() -> None:
    make_product("ABC", stock=10)
    make_product("XYZ", stock=3)
    order = place(make_order(priced("XYZ", quantity=3), priced("ABC", quantity=4)))
    assert order.status == Order.Status.CONFIRMED
    assert (stock("ABC"), stock("XYZ")) == (6, 0)
    assert Reservation.objects.get(order_id=order.id).released_at is None
    assert recorded(order.id) == ["orders.placed", "orders.confirmed"]


@pytest.mark.parametrize(
    "lie",
    [
        {"lines": ()},
        {"lines": "one more of the same"},
        {"total": Decimal("0.01")},
        {"currency": "EUR"},
    ],
)
def test_an_event_that_contradicts_its_order_takes_no_stock(lie: dict[str, Any]) -> None:
    """A foreign publisher can send a false event before the order's own event."""
    make_product("ABC", stock=10)
    order = make_order(priced("ABC", quantity=4))
    event = event_of(OrderPlaced, order)
    if lie.get("lines"):
        lie = {"lines": (event.lines[0].model_copy(update={"quantity": 5}),)}
    with (
        pytest.raises(MessageUnreadable, match=r"orders\.placed contradicts the order"),
        transaction.atomic(),
    ):
        reserve_stock(event.model_copy(update=lie))
    order.refresh_from_db()
    assert (stock(), order.status) == (10, Order.Status.PLACED)
    assert place(order).status == Order.Status.CONFIRMED


def test_one_short_line_takes_no_stock_at_all() -> None:
    make_product("ABC", stock=10)
    make_product("XYZ", stock=2)
    order = place(make_order(priced("ABC", quantity=4), priced("XYZ", quantity=3)))
    assert (order.status, order.reason) == (Order.Status.REJECTED, "not enough of XYZ in stock")
    assert (stock("ABC"), stock("XYZ")) == (10, 2)
    assert not Reservation.objects.exists()
    assert recorded(order.id) == ["orders.placed", "orders.rejected"]


def test_a_deleted_product_rejects_the_order() -> None:
    assert place(make_order()).status == Order.Status.REJECTED


def test_an_already_cancelled_order_reserves_nothing() -> None:
    make_product("ABC", stock=10)
    order = make_order()
    cancel(order)
    assert place(order).status == Order.Status.CANCELLED
    assert stock() == 10
    assert recorded(order.id) == ["orders.placed", "orders.cancelled"]


def test_a_cancelled_order_returns_its_stock() -> None:
    make_product("ABC", stock=10)
    order = place(make_order(priced(quantity=4)))
    cancel(order)
    assert stock() == 10
    assert Reservation.objects.get(order_id=order.id).released_at


def test_stock_is_returned_once() -> None:
    make_product("ABC", stock=10)
    order = cancel(place(make_order(priced(quantity=4))))
    release_stock(event_of(OrderCancelled, order, reason="again"))
    assert stock() == 10


def test_a_foreign_cancelled_event_returns_no_stock() -> None:
    make_product("ABC", stock=10)
    order = place(make_order(priced(quantity=4)))
    with (
        pytest.raises(MessageUnreadable, match="is confirmed, not cancelled"),
        transaction.atomic(),
    ):
        release_stock(event_of(OrderCancelled, order, reason="says who?"))
    assert stock() == 6


def test_an_order_that_is_delivered_twice_takes_stock_once(
    deliver: Deliver, published: PublishedMessages
) -> None:
    make_product("ABC", stock=10)
    make_order(priced(quantity=4))
    deliver(*published(OrderPlaced), to=CONSUMER, times=2)
    assert stock() == 6


@pytest.mark.parametrize("step", ["commit", "ack"])
def test_a_crash_at_any_step_takes_stock_once(
    deliver: Deliver, published: PublishedMessages, step: Literal["commit", "ack"]
) -> None:
    make_product("ABC", stock=10)
    order = make_order(priced(quantity=4))
    deliver(*published(OrderPlaced), to=CONSUMER, crash_before=step)
    assert stock() == 6
    assert recorded(order.id) == ["orders.placed", "orders.confirmed"]


def test_two_events_of_one_order_take_stock_once() -> None:
    make_product("ABC", stock=10)
    order = make_order(priced(quantity=4))
    place(order)
    place(order)
    assert stock() == 6


@pytest.mark.parametrize(
    ("handler", "event", "more"),
    [(reserve_stock, OrderPlaced, {}), (release_stock, OrderCancelled, {"reason": "r"})],
)
def test_an_event_of_an_unknown_order_is_unreadable(
    handler: object, event: type[OrderPlaced], more: dict[str, str]
) -> None:
    unknown = Order(id=uuid4(), total=0, currency="GBP")
    with pytest.raises(MessageUnreadable, match=str(unknown.id)), transaction.atomic():
        handler(event(id=unknown.id, total=0, currency="GBP", lines=(), **more))  # type: ignore[operator]


def test_a_foreign_event_is_dead_lettered_with_the_reason() -> None:
    foreign = Delivery(
        consumer=CONSUMER.durable,
        subject="orders.placed",
        headers={},
        body=b'{"id": 42, "total": 19.99}',
        stream="ORDERS",
        sequence=7,
        attempt=1,
    )
    assert isinstance(deliver(CONSUMER, foreign), Reject)
    assert "ce-id" in DeadLetter.objects.get(consumer="fulfilment").reason


def test_orders_of_a_batch_are_served_in_the_sequence_of_their_events() -> None:
    make_product("ABC", stock=5)
    orders = [make_order(priced(quantity=quantity)) for quantity in (3, 4, 2, 1)]
    reserve([event_of(OrderPlaced, order) for order in orders])
    statuses = [Order.objects.get(id=order.id).status for order in orders]
    assert statuses == ["confirmed", "rejected", "confirmed", "rejected"]
    assert stock() == 0


def test_a_batch_ends_as_one_event_after_the_other() -> None:
    def wished(way: str) -> list[Order]:
        """Return the same orders of either way's own products."""
        chance = random.Random(7)
        for number in range(4):
            make_product(f"{way}-{number}", stock=10)
        return [
            make_order(
                *(
                    priced(f"{way}-{number}", quantity=chance.randint(1, 4))
                    for number in chance.sample(range(5), k=2)  # the last one does not exist
                )
            )
            for _ in range(12)
        ]

    def ends(orders: Sequence[Order]) -> list[tuple[str, str, list[str]]]:
        stored = [Order.objects.get(id=order.id) for order in orders]
        return [(each.status, each.reason.partition("-")[2], recorded(each.id)) for each in stored]

    alone, together = wished("A"), wished("B")
    for order in alone:
        reserve_stock(event_of(OrderPlaced, order))
    reserve([event_of(OrderPlaced, order) for order in together])
    assert ends(together) == ends(alone)
    assert {end for end, _, _ in ends(alone)} == {"confirmed", "rejected"}
    assert [stock(f"B-{n}") for n in range(4)] == [stock(f"A-{n}") for n in range(4)]
    assert Reservation.objects.filter(order__in=together).count() == (
        Reservation.objects.filter(order__in=alone).count()
    )


def test_a_batch_with_a_false_event_changes_nothing() -> None:
    make_product("ABC", stock=10)
    first, second = make_order(priced(quantity=1)), make_order(priced(quantity=2))
    false = event_of(OrderPlaced, second).model_copy(update={"total": Decimal("0.01")})
    with pytest.raises(EventContradictsOrder), transaction.atomic():
        reserve([event_of(OrderPlaced, first), false])
    assert stock() == 10
    assert recorded(first.id) == ["orders.placed"]


@pytest.mark.parametrize("size", [1, 4])
@pytest.mark.django_db(transaction=True)
def test_parallel_handlers_sell_the_last_pieces_once(size: int) -> None:
    make_product("ABC", stock=10)
    make_product("XYZ", stock=1000)
    # Half of them name the two products the other way round.
    orders = [
        make_order(*lines)
        for _ in range(15)
        for lines in (
            [priced("ABC", quantity=1), priced("XYZ", quantity=1)],
            [priced("XYZ", quantity=1), priced("ABC", quantity=1)],
        )
    ]

    def handle(some: Sequence[Order]) -> None:
        try:
            reserve([event_of(OrderPlaced, order) for order in some])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(handle, batched(orders, size)))
    assert (stock("ABC"), stock("XYZ")) == (0, 990)
    assert Order.objects.filter(status=Order.Status.CONFIRMED).count() == 10
    assert Order.objects.filter(status=Order.Status.REJECTED).count() == 20
