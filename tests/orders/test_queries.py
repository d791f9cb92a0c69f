"""Queries about orders."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from apps.orders import queries
from apps.orders.errors import EventContradictsOrder, OrderNotFound
from apps.orders.events import (
    OrderCancelled,
    OrderConfirmed,
    OrderEvent,
    OrderPlaced,
    OrderRejected,
)
from apps.orders.models import Order
from tests.orders.factories import cancel, confirm, event_of, make_order, priced, reject

pytestmark = pytest.mark.django_db


def test_an_orders_payload_contains_every_public_field() -> None:
    order = reject(make_order(), "sold out")
    payload = queries.order_payload(queries.order(order.id))
    assert (payload["status"], payload["reason"]) == ("rejected", "sold out")
    assert payload["lines"] == [
        {"sku": "ABC", "name": "Product ABC", "quantity": 2, "price": Decimal("9.99")}
    ]
    assert "alice@example.com" not in str(payload)


def test_an_order_with_many_lines_takes_two_queries() -> None:
    order = make_order(*(priced(f"SKU-{number}") for number in range(20)))
    with CaptureQueriesContext(
        connection,
    ) as captured:
        queries.order_payload(queries.order(order.id))
    assert len(captured) == 2


def test_the_day_placed_is_the_orders_own_day() -> None:
    order = make_order()
    Order.objects.filter(id=order.id).update(placed_at=datetime(2026, 11, 23, 23, 59, tzinfo=UTC))
    assert queries.order_alone(order.id).day_placed.isoformat() == "2026-11-23"


def test_orders_are_counted_by_status() -> None:
    waiting, confirmed = make_order(), confirm(make_order())
    make_order()
    assert queries.count_by_status([waiting.id, confirmed.id]) == {"placed": 1, "confirmed": 1}


@pytest.mark.parametrize("ask", [queries.order, queries.order_alone])
def test_an_unknown_order_raises_order_not_found(ask: object) -> None:
    with pytest.raises(OrderNotFound):
        ask(uuid4())  # type: ignore[operator]


EVENTS: dict[str, type[OrderEvent]] = {
    "placed": OrderPlaced,
    "confirmed": OrderConfirmed,
    "rejected": OrderRejected,
    "cancelled": OrderCancelled,
}


@pytest.mark.parametrize(
    ("end", "true", "lies"),
    [
        (lambda order: order, ["placed"], ["confirmed", "rejected", "cancelled"]),
        (confirm, ["placed", "confirmed"], ["rejected", "cancelled"]),
        (reject, ["placed", "rejected"], ["confirmed", "cancelled"]),
        (cancel, ["placed", "confirmed", "cancelled"], ["rejected"]),
    ],
)
def test_an_event_must_agree_with_its_orders_status(
    end: Callable[[Order], Order], true: list[str], lies: list[str]
) -> None:
    order = end(make_order())
    for kind in true:
        assert queries.order_of(event(kind, order)) == order
    for kind in lies:
        with pytest.raises(
            EventContradictsOrder,
            match=f"orders.{kind} contradicts the order: .* is {order.status}",
        ):
            queries.order_of(event(kind, order))


@pytest.mark.parametrize("field", ["sku", "name", "quantity", "price"])
def test_an_event_with_other_lines_is_rejected(field: str) -> None:
    order = make_order(priced(quantity=4))
    placed = event("placed", order)
    other = {"sku": "XYZ", "name": "a better one", "quantity": 5, "price": Decimal("0.01")}
    line = placed.lines[0].model_copy(update={field: other[field]})
    with pytest.raises(EventContradictsOrder, match="with other lines"):
        queries.order_of(placed.model_copy(update={"lines": (line,)}))


def event(kind: str, order: Order) -> OrderEvent:
    more = {"reason": "r"} if kind in {"rejected", "cancelled"} else {}
    return event_of(EVENTS[kind], order, **more)


def test_an_event_of_an_unknown_order_is_rejected() -> None:
    with pytest.raises(OrderNotFound):
        queries.order_of(event("placed", Order(id=uuid4(), total=0, currency="GBP")))


def test_a_days_orders_are_counted_in_the_shops_time_zone(settings: Settings) -> None:
    settings.TIME_ZONE = "Pacific/Auckland"  # 13 hours ahead in November
    begin = datetime(2026, 11, 19, 11, tzinfo=UTC)
    orders = [confirm(make_order()), reject(make_order()), make_order(), make_order()]
    placed = [begin, begin + timedelta(hours=23), begin + timedelta(days=1), begin - timedelta(1)]
    for order, moment in zip(orders, placed, strict=True):
        Order.objects.filter(id=order.id).update(placed_at=moment)
    Order.objects.filter(status="confirmed").update(ended_at=begin)
    day, later = date(2026, 11, 20), begin + timedelta(seconds=1)
    assert queries.count_of_day(day, ended_before=begin) == {"placed": 2}
    assert queries.count_of_day(day, ended_before=later) == {"placed": 2, "confirmed": 1}
