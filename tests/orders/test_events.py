"""The event contract: stored events stay readable, and new ones have the same form."""

import json
import re
from decimal import Decimal
from uuid import UUID

import pytest

from apps.fulfilment.handlers import CONSUMER as FULFILMENT
from apps.messaging.errors import MessageUnreadable
from apps.messaging.events.streams import Consumer
from apps.messaging.message import MAX_MESSAGE_BYTES
from apps.messaging.names import PREFIX
from apps.orders.events import (
    OrderCancelled,
    OrderConfirmed,
    OrderEvent,
    OrderPlaced,
    OrderPlacedV1,
    OrderRejected,
)
from apps.orders.lines import MAX_LINES, MAX_QUANTITY, MAX_SKU_LENGTH
from apps.orders.models import OrderLine
from apps.sales.handlers import CONSUMER as SALES
from tests.messaging.support.events import make_delivery, make_headers

ID = "0d5f1b0e-5d0e-4a53-9c0e-0a8f5f2f8f10"
STORED = (
    f'{{"id":"{ID}","total":20.48,"currency":"GBP","lines":['
    '{"sku":"ABC","name":"Teapot","quantity":2,"price":9.99},'
    '{"sku":"XYZ","name":"Tasse für Tee","quantity":1,"price":0.5}]}'
)
STORED_WITH_REASON = f'{STORED[:-1]},"reason":"not enough of ABC in stock"}}'
REASON = {"reason": "r" * 255}
PLACED = re.sub(r'("price":[\d.]+)', r'\1,"currency":"GBP"', STORED)
EXAMPLES = [
    (OrderPlaced, "orders.placed.v2", PLACED),
    (OrderPlacedV1, "orders.placed.v1", STORED),
    (OrderConfirmed, "orders.confirmed.v1", STORED),
    (OrderRejected, "orders.rejected.v1", STORED_WITH_REASON),
    (OrderCancelled, "orders.cancelled.v1", STORED_WITH_REASON),
]


@pytest.mark.parametrize(("event", "type_", "stored"), EXAMPLES)
def test_a_stored_event_is_unchanged_after_reading_and_writing(
    event: type[OrderEvent], type_: str, stored: str
) -> None:
    assert event.read(stored).to_json() == stored
    assert type_.startswith(f"{event.subject}.v")
    assert event.ce_type() == f"{PREFIX}.{type_}"


def test_a_line_of_the_first_version_has_the_currency_of_its_order() -> None:
    event = OrderPlacedV1.read(STORED).upcast()
    assert event == OrderPlaced.read(PLACED)
    assert event.currencies == {"GBP"}


@pytest.mark.parametrize("consumer", [FULFILMENT, SALES], ids=lambda each: each.durable)
@pytest.mark.parametrize(("ce_type", "body"), [(OrderPlacedV1, STORED), (OrderPlaced, PLACED)])
def test_each_reader_of_a_placed_order_reads_both_versions(
    consumer: Consumer, ce_type: type[OrderEvent], body: str
) -> None:
    headers = make_headers(type=ce_type.ce_type())
    delivery = make_delivery(subject="orders.placed", headers=headers, body=body.encode())
    assert delivery.read(consumer)[1] == OrderPlaced.read(PLACED)


def test_money_is_an_exact_decimal_in_events() -> None:
    event = OrderPlaced.read(PLACED)
    assert (event.id, event.total, event.units) == (UUID(ID), Decimal("20.48"), 3)


def test_an_unknown_event_field_is_ignored() -> None:
    assert OrderPlaced.read(f'{PLACED[:-1]},"gift":true}}') == OrderPlaced.read(PLACED)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b'{"id": 42, "total": 19.99}', "id"),
        (PLACED.replace('"quantity":2', '"quantity":0').encode(), "lines.0.quantity"),
        (PLACED.replace('"currency":"GBP",', "").encode(), "currency"),
        (STORED.encode(), "lines.0.currency"),
        (b"hello", "JSON"),
    ],
)
def test_a_foreign_event_is_unreadable_with_a_reason(body: bytes, named: str) -> None:
    with pytest.raises(MessageUnreadable, match=named):
        OrderPlaced.read(body)


@pytest.mark.parametrize("letter", ["€", "🫖"])
@pytest.mark.parametrize(("kind", "more"), [(OrderPlaced, {}), (OrderRejected, REASON)])
def test_the_largest_order_fits_into_one_message(
    letter: str, kind: type[OrderEvent], more: dict[str, str]
) -> None:
    line = kind.line_class(
        currency="GBP",
        sku="S" * MAX_SKU_LENGTH,
        name=letter * OrderLine.NAME_LENGTH,
        quantity=MAX_QUANTITY,
        price=Decimal("99999.99"),
    )
    event = kind(
        id=UUID(ID),
        total=Decimal("9999999999.99"),
        currency="GBP",
        lines=(line,) * MAX_LINES,
        **more,
    )
    assert len(event.to_json().encode()) < MAX_MESSAGE_BYTES - 1024
    assert json.loads(event.to_json())["lines"][0]["quantity"] == MAX_QUANTITY
