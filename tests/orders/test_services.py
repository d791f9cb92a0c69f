"""Changes of an order's status, and the events that they record."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from apps.messaging.models import OutboxMessage
from apps.orders.errors import NotCancellable, OrderNotFound, WrongStatus
from apps.orders.events import OrderCancelled, OrderPlaced
from apps.orders.models import Order, OrderLine
from apps.orders.services import cancel_order, lock_order, place_order
from tests.orders.factories import confirm, make_order, priced, recorded, reject
from tests.support.statements import statements_of

pytestmark = pytest.mark.django_db


def test_a_placed_order_has_lines_a_total_and_an_event() -> None:
    order = make_order(priced("XYZ", quantity=3, price="0.50"), priced("ABC", price="9.99"))
    assert (order.status, order.total) == (Order.Status.PLACED, Decimal("21.48"))
    event = OrderPlaced.read(OutboxMessage.objects.get().body)
    assert (event.id, event.total) == (order.id, order.total)
    assert [(line.sku, line.quantity) for line in event.lines] == [("XYZ", 3), ("ABC", 2)]


@pytest.mark.django_db(transaction=True)
def test_an_order_is_placed_by_three_statements() -> None:
    lines = [priced("ABC"), priced("XYZ"), priced("TEA")]
    assert statements_of(lambda: make_order(*lines)) == ["INSERT"] * 3


def test_no_event_contains_the_email_address() -> None:
    make_order(email="alice@example.com")
    message = OutboxMessage.objects.get()
    assert "alice" not in message.body + message.headers


def test_an_order_is_stored_completely_or_not_at_all() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        place_order(email="a@example.com", lines=[priced(), priced()], currency="GBP")
    assert not Order.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_a_long_product_name_is_truncated() -> None:
    line = priced()
    order = make_order(type(line)(sku="ABC", name="n" * 255, quantity=1, price=line.price))
    assert len(order.lines.get().name) == OrderLine.NAME_LENGTH


def test_a_confirmed_order_has_a_status_and_a_time() -> None:
    order = confirm(make_order())
    assert (order.status, order.has_ended) == (Order.Status.CONFIRMED, True)
    assert order.ended_at
    assert recorded(order.id) == ["orders.placed", "orders.confirmed"]


def test_a_rejected_order_has_a_reason() -> None:
    order = reject(make_order(), "not enough of ABC in stock")
    assert (order.status, order.reason) == ("rejected", "not enough of ABC in stock")
    assert recorded(order.id) == ["orders.placed", "orders.rejected"]


def test_only_a_placed_order_is_confirmed_or_rejected() -> None:
    order = confirm(make_order())
    with pytest.raises(WrongStatus):
        reject(order)
    with pytest.raises(WrongStatus):
        confirm(order)
    assert recorded(order.id) == ["orders.placed", "orders.confirmed"]


def test_a_placed_order_can_be_cancelled() -> None:
    order = cancel_order(order_id=make_order().id)
    assert order.status == Order.Status.CANCELLED
    assert recorded(order.id) == ["orders.placed", "orders.cancelled"]
    assert OrderCancelled.read(OutboxMessage.objects.order_by("id")[1].body).reason == order.reason


def test_a_confirmed_order_can_be_cancelled() -> None:
    order = cancel_order(order_id=confirm(make_order()).id)
    assert order.status == Order.Status.CANCELLED


def test_a_second_cancellation_returns_the_same_without_an_event() -> None:
    order = make_order()
    first = cancel_order(order_id=order.id)
    again = cancel_order(order_id=order.id, reason="another reason")
    assert (again.status, again.reason, again.ended_at) == (
        first.status,
        first.reason,
        first.ended_at,
    )
    assert recorded(order.id) == ["orders.placed", "orders.cancelled"]


def test_a_rejected_order_cannot_be_cancelled() -> None:
    order = reject(make_order())
    with pytest.raises(NotCancellable):
        cancel_order(order_id=order.id)
    assert recorded(order.id) == ["orders.placed", "orders.rejected"]


def test_an_unknown_order_raises_order_not_found() -> None:
    nowhere = uuid4()
    with pytest.raises(OrderNotFound, match=str(nowhere)):
        cancel_order(order_id=nowhere)
    with pytest.raises(OrderNotFound), transaction.atomic():
        lock_order(order_id=nowhere)


@pytest.mark.parametrize("fields", [{"status": "confirmed"}, {"total": -1}, {"status": "lost"}])
def test_the_database_rejects_an_impossible_order(fields: dict[str, object]) -> None:
    order = make_order()
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(id=order.id).update(**fields)
