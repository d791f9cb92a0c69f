"""The sales projection: one delta for each event."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from apps.messaging.errors import MessageUnreadable
from apps.messaging.events.delivery import Delivery, deliver
from apps.messaging.handling.verdicts import Ack, Reject
from apps.messaging.message import REDRIVE_FOR
from apps.messaging.models import DeadLetter
from apps.orders.errors import EventContradictsOrder
from apps.orders.events import (
    OrderCancelled,
    OrderConfirmed,
    OrderEvent,
    OrderPlaced,
    OrderRejected,
)
from apps.orders.models import Order
from apps.sales.handlers import CONSUMER, count_event
from apps.sales.models import SalesDay
from apps.sales.services import count
from tests.orders.factories import (
    cancel,
    confirm,
    event_of,
    foreign_delivery,
    make_order,
    priced,
    reject,
)

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 23)


def order_of_that_day(*, quantity: int = 2) -> Order:
    order = make_order(priced(quantity=quantity))
    Order.objects.filter(id=order.id).update(placed_at=datetime(2026, 11, 23, 12, tzinfo=UTC))
    return order


def figures() -> dict[str, Any]:
    row = SalesDay.objects.get(day=DAY, currency="GBP")
    names = ("placed", "confirmed", "rejected", "cancelled", "units", "revenue")
    return {name: getattr(row, name) for name in names if getattr(row, name)}


def test_a_placed_order_is_counted_at_once() -> None:
    count_event(event_of(OrderPlaced, order_of_that_day()))
    assert figures() == {"placed": 1, "units": 2, "revenue": Decimal("19.98")}


def test_a_confirmed_order_changes_no_revenue() -> None:
    order = confirm(order_of_that_day())
    count_event(event_of(OrderPlaced, order))
    count_event(event_of(OrderConfirmed, order))
    assert figures() == {"placed": 1, "confirmed": 1, "units": 2, "revenue": Decimal("19.98")}


def test_a_rejected_order_is_subtracted_from_the_figures() -> None:
    order = reject(order_of_that_day())
    count_event(event_of(OrderPlaced, order))
    count_event(event_of(OrderRejected, order, reason="sold out"))
    assert figures() == {"placed": 1, "rejected": 1}


def test_the_order_of_events_does_not_change_the_figures() -> None:
    order = cancel(confirm(order_of_that_day()))
    steps: list[Callable[[], None]] = [
        lambda: count_event(event_of(OrderPlaced, order)),
        lambda: count_event(event_of(OrderConfirmed, order)),
        lambda: count_event(event_of(OrderCancelled, order, reason="r")),
    ]
    for arrival in permutations(steps):
        SalesDay.objects.all().delete()
        for step in arrival:
            step()
        assert figures() == {"placed": 1, "confirmed": 1, "cancelled": 1}


def test_orders_of_one_day_add_up() -> None:
    for quantity in (1, 3):
        count_event(event_of(OrderPlaced, order_of_that_day(quantity=quantity)))
    assert figures() == {"placed": 2, "units": 4, "revenue": Decimal("39.96")}


def test_a_batch_adds_up_as_one_event_after_the_other() -> None:
    order, another = cancel(confirm(order_of_that_day())), order_of_that_day(quantity=3)
    events: list[OrderEvent] = [
        event_of(OrderPlaced, order),
        event_of(OrderConfirmed, order),
        event_of(OrderPlaced, another),
        event_of(OrderCancelled, order, reason="r"),
    ]
    for event in events:
        count_event(event)
    alone = figures()
    SalesDay.objects.all().delete()
    count(events)
    assert figures() == alone


def test_a_batch_with_a_false_event_counts_nothing() -> None:
    order = order_of_that_day()
    with pytest.raises(EventContradictsOrder), transaction.atomic():
        count([event_of(OrderPlaced, order), event_of(OrderConfirmed, order)])
    assert not SalesDay.objects.exists()


def test_an_event_of_an_unknown_order_is_unreadable() -> None:
    unknown = uuid4()
    with pytest.raises(MessageUnreadable, match=str(unknown)), transaction.atomic():
        count_event(OrderPlaced(id=unknown, total=Decimal(1), currency="GBP", lines=()))
    assert not SalesDay.objects.exists()


@pytest.mark.parametrize("end", [reject, lambda order: order])
def test_a_foreign_confirmed_event_changes_no_figures(
    end: Callable[[Order], Order],
) -> None:
    order = end(order_of_that_day())
    verdict = deliver(CONSUMER, foreign_delivery(event_of(OrderConfirmed, order), CONSUMER))
    assert isinstance(verdict, Reject)
    reason = DeadLetter.objects.get(consumer="sales").reason
    assert reason == f"orders.confirmed contradicts the order: {order.id} is {order.status}"
    assert not SalesDay.objects.exists()


def test_an_event_redriven_for_another_consumer_is_not_counted() -> None:
    arrived = foreign_delivery(event_of(OrderPlaced, order_of_that_day()), CONSUMER)
    deliver(CONSUMER, arrived)
    for consumer in ("fulfilment", "sales"):
        again = replace(arrived, headers=arrived.headers | {REDRIVE_FOR: consumer})
        assert isinstance(deliver(CONSUMER, again), Ack)
    assert figures() == {"placed": 1, "units": 2, "revenue": Decimal("19.98")}


def test_an_event_of_an_unknown_kind_is_buried() -> None:
    foreign = Delivery(
        consumer=CONSUMER.durable,
        subject="orders.unheard",
        headers={},
        body=b"{}",
        stream="ORDERS",
        sequence=3,
        attempt=1,
    )
    assert isinstance(deliver(CONSUMER, foreign), Reject)
    assert "orders.unheard" in DeadLetter.objects.get(consumer="sales").reason
