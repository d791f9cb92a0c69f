"""What can be asked about orders."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.orders import queries
from apps.orders.errors import OrderNotFound
from apps.orders.models import Order
from tests.orders.making import confirm, make_order, priced, reject

pytestmark = pytest.mark.django_db


def test_an_orders_payload_has_all_that_a_customer_may_know() -> None:
    order = reject(make_order(), "sold out")
    payload = queries.order_payload(queries.order(order.id))
    assert (payload["status"], payload["reason"]) == ("rejected", "sold out")
    assert payload["lines"] == [
        {"sku": "ABC", "name": "Product ABC", "quantity": 2, "price": Decimal("9.99")}
    ]
    assert "alice@example.com" not in str(payload)


def test_an_order_of_many_lines_takes_two_queries() -> None:
    order = make_order(*(priced(f"SKU-{number}") for number in range(20)))
    with CaptureQueriesContext(
        connection,
    ) as captured:
        queries.order_payload(queries.order(order.id))
    assert len(captured) == 2


def test_the_day_is_that_of_the_order_and_not_of_the_question() -> None:
    order = make_order()
    Order.objects.filter(id=order.id).update(placed_at=datetime(2026, 11, 23, 23, 59, tzinfo=UTC))
    assert queries.day_placed(order.id).isoformat() == "2026-11-23"


def test_orders_are_counted_by_status() -> None:
    waiting, confirmed = make_order(), confirm(make_order())
    make_order()
    assert queries.count_by_status([waiting.id, confirmed.id]) == {"placed": 1, "confirmed": 1}


@pytest.mark.parametrize("ask", [queries.order, queries.day_placed, queries.email_of])
def test_an_order_that_is_not_there_is_named(ask: object) -> None:
    with pytest.raises(OrderNotFound):
        ask(uuid4())  # type: ignore[operator]
