"""The event contract: stored events stay readable, and new ones have the same form."""

import json
from decimal import Decimal
from uuid import UUID

import pytest

from apps.messaging.errors import MessageUnreadable
from apps.messaging.message import MAX_MESSAGE_BYTES
from apps.orders.events import (
    EventLine,
    OrderCancelled,
    OrderConfirmed,
    OrderEvent,
    OrderPlaced,
    OrderRejected,
)
from apps.orders.lines import MAX_LINES, MAX_QUANTITY, MAX_SKU_LENGTH
from apps.orders.models import OrderLine

ID = "0d5f1b0e-5d0e-4a53-9c0e-0a8f5f2f8f10"
STORED = (
    f'{{"id":"{ID}","total":20.48,"currency":"GBP","lines":['
    '{"sku":"ABC","name":"Teapot","quantity":2,"price":9.99},'
    '{"sku":"XYZ","name":"Tasse für Tee","quantity":1,"price":0.5}]}'
)
STORED_WITH_REASON = f'{STORED[:-1]},"reason":"not enough of ABC in stock"}}'
EXAMPLES = [
    (OrderPlaced, "orders.placed", STORED),
    (OrderConfirmed, "orders.confirmed", STORED),
    (OrderRejected, "orders.rejected", STORED_WITH_REASON),
    (OrderCancelled, "orders.cancelled", STORED_WITH_REASON),
]


@pytest.mark.parametrize(("event", "subject", "stored"), EXAMPLES)
def test_a_stored_event_is_unchanged_after_reading_and_writing(
    event: type[OrderEvent], subject: str, stored: str
) -> None:
    assert event.read(stored).to_json() == stored
    assert event.subject == subject
    assert event.ce_type() == f"shop.{subject}.v1"


def test_money_is_an_exact_decimal_in_events() -> None:
    event = OrderPlaced.read(STORED)
    assert (event.id, event.total, event.units) == (UUID(ID), Decimal("20.48"), 3)


def test_an_unknown_event_field_is_ignored() -> None:
    assert OrderPlaced.read(f'{STORED[:-1]},"gift":true}}') == OrderPlaced.read(STORED)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b'{"id": 42, "total": 19.99}', "id"),
        (STORED.replace('"quantity":2', '"quantity":0').encode(), "lines.0.quantity"),
        (STORED.replace('"currency":"GBP",', "").encode(), "currency"),
        (b"hello", "JSON"),
    ],
)
def test_a_foreign_event_is_unreadable_with_a_reason(body: bytes, named: str) -> None:
    with pytest.raises(MessageUnreadable, match=named):
        OrderPlaced.read(body)


@pytest.mark.parametrize("letter", ["€", "🫖"])
def test_the_largest_order_fits_into_one_message(letter: str) -> None:
    line = EventLine(
        sku="S" * MAX_SKU_LENGTH,
        name=letter * OrderLine.NAME_LENGTH,
        quantity=MAX_QUANTITY,
        price=Decimal("99999.99"),
    )
    event = OrderRejected(
        id=UUID(ID),
        total=Decimal("9999999999.99"),
        currency="GBP",
        lines=(line,) * MAX_LINES,
        reason="r" * 255,
    )
    assert len(event.to_json().encode()) < MAX_MESSAGE_BYTES - 1024
    assert json.loads(event.to_json())["lines"][0]["quantity"] == MAX_QUANTITY
