"""Foreign messages on `orders.>`: each is dead-lettered, and blocks no order."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.acceptance.nats_client import NatsClient
from tests.acceptance.shop import Shop
from tests.acceptance.staff import Row, Staff
from tests.support.waiting import eventually

BURIED_WITHIN_SECONDS = 2.0
TRIED_FOR_SECONDS = 45.0
"""An event of another version has six attempts, since its reader may be on the way."""
UNKNOWN = {"id": str(uuid.uuid4()), "total": 1.0, "currency": "GBP", "lines": []}
"""The body of an event of an order that does not exist."""


@pytest.fixture
def marker() -> str:
    """A word by which a test finds its own message."""
    return f"stranger-{uuid.uuid4().hex}"


@pytest.fixture(autouse=True)
def _nothing_is_blocked(shop: Shop, staff: Staff) -> Iterator[None]:
    yield
    order = shop.buy(staff.put_on_sale())
    assert shop.end_of(order)["status"] == "confirmed"


def buried(
    staff: Staff, marker: str, *consumers: str, within: float = BURIED_WITHIN_SECONDS
) -> list[Row]:
    """Wait until each of these consumers has buried the message; return the dead letters."""

    def by_all() -> list[Row]:
        letters = staff.dead_letters(marker)
        return letters if len(letters) == len(consumers) else []

    letters = eventually(by_all, within=within, what=f"{marker} is buried")
    assert {each["consumer"] for each in letters} == set(consumers)
    return letters


def envelope(subject: str, **changes: str) -> dict[str, str]:
    return {
        "ce-specversion": "1.0",
        "ce-id": str(uuid.uuid4()),
        "ce-type": f"shop.{subject}.v1",
        "ce-source": "/stranger",
        "ce-time": datetime.now(UTC).isoformat(),
    } | changes


def test_the_tutorials_message_is_received_stored_and_dead_lettered(
    nats: NatsClient, staff: Staff, marker: str
) -> None:
    body = json.dumps({"id": 42, "total": 19.99, "from": marker}).encode()
    with nats.listening("orders.>") as received:
        sequence = nats.store("orders.placed", body).seq
        eventually(lambda: body in [message.data for message in received])
    assert nats.stored(sequence).data == body
    letters = buried(staff, marker, "fulfilment", "sales")
    assert all("no envelope" in each["reason"] for each in letters)


def test_a_core_publish_is_stored_in_the_stream_too(
    nats: NatsClient, staff: Staff, marker: str
) -> None:
    nats.publish("orders.placed", f'{{"id": 42, "total": 19.99, "from": "{marker}"}}'.encode())
    buried(staff, marker, "fulfilment", "sales")


def test_an_event_that_is_not_json_is_dead_lettered_with_the_reason(
    nats: NatsClient, staff: Staff, marker: str
) -> None:
    nats.store("orders.placed", f"\x00{marker}".encode() + b"\xff\xfe", envelope("orders.placed"))
    letters = buried(staff, marker, "fulfilment", "sales")
    assert all("OrderPlaced" in each["reason"] for each in letters)


def test_other_json_is_dead_lettered_with_the_field_named(
    nats: NatsClient, staff: Staff, marker: str
) -> None:
    body = json.dumps({"id": str(uuid.uuid4()), "total": marker, "currency": "GBP"}).encode()
    nats.store("orders.placed", body, envelope("orders.placed"))
    letters = buried(staff, marker, "fulfilment", "sales")
    assert all("total" in each["reason"] for each in letters)


def test_an_event_of_an_unknown_order_is_dead_lettered(
    nats: NatsClient, staff: Staff, marker: str
) -> None:
    nats.store(
        "orders.placed", json.dumps({"by": marker} | UNKNOWN).encode(), envelope("orders.placed")
    )
    letters = buried(staff, marker, "fulfilment", "sales")
    assert all(str(UNKNOWN["id"]) in each["reason"] for each in letters)


def test_a_foreign_event_with_a_handled_id_is_dead_lettered(
    nats: NatsClient, shop: Shop, staff: Staff, marker: str
) -> None:
    with nats.listening("orders.placed") as received:
        shop.end_of(shop.buy(staff.put_on_sale()))
        eventually(lambda: received)
    handled = received[0].headers
    assert handled
    headers = envelope("orders.placed", **{"ce-id": handled["ce-id"]})
    nats.store("orders.placed", json.dumps({"by": marker} | UNKNOWN).encode(), headers)
    buried(staff, marker, "fulfilment", "sales")


def test_an_event_of_another_version_is_dead_lettered(
    nats: NatsClient, staff: Staff, marker: str
) -> None:
    headers = envelope("orders.placed", **{"ce-type": "shop.orders.placed.v9"})
    nats.store("orders.placed", marker.encode(), headers)
    letters = buried(staff, marker, "fulfilment", "sales", within=TRIED_FOR_SECONDS)
    assert all("v9" in each["reason"] for each in letters)


def test_an_event_on_an_unknown_subject_is_dead_lettered(
    nats: NatsClient, staff: Staff, marker: str
) -> None:
    nats.store("orders.eaten", marker.encode(), envelope("orders.eaten"))
    (letter,) = buried(staff, marker, "sales")
    assert "orders.eaten" in letter["reason"]


def test_a_foreign_cancelled_event_cancels_no_order(
    nats: NatsClient, shop: Shop, staff: Staff, marker: str
) -> None:
    sku = staff.put_on_sale(stock=10)
    order = shop.order((sku, 2)).json
    assert shop.end_of(order["id"])["status"] == "confirmed"
    event = {name: order[name] for name in ("id", "total", "currency", "lines")}
    body = json.dumps(event | {"reason": marker}).encode()
    nats.store("orders.cancelled", body, envelope("orders.cancelled"))
    eventually(lambda: "fulfilment" in {each["consumer"] for each in staff.dead_letters(marker)})
    assert (shop.look_at(order["id"])["status"], shop.stock(sku)) == ("confirmed", 8)


def test_a_foreign_confirmed_event_confirms_no_order(
    nats: NatsClient, shop: Shop, staff: Staff
) -> None:
    order = shop.order((staff.put_on_sale(stock=1), 2)).json
    assert shop.end_of(order["id"])["status"] == "rejected"
    shop.wait_for_mail(order["id"])
    event = {name: order[name] for name in ("id", "total", "currency", "lines")}
    nats.store("orders.confirmed", json.dumps(event).encode(), envelope("orders.confirmed"))
    buried(staff, f"orders.confirmed contradicts the order: {order['id']}", "notification", "sales")
    (mail,) = staff.mails(order["id"])
    assert mail["kind"] == "order rejected"


def test_many_foreign_events_are_each_dead_lettered(
    nats: NatsClient, staff: Staff, shop: Shop, marker: str
) -> None:
    before = shop.dead_letters("jetstream")
    for number in range(50):
        nats.store("orders.placed", f"{marker} {number}".encode())
    eventually(lambda: shop.dead_letters("jetstream") == before + 100, within=10)


def test_a_developers_own_durable_reads_stored_events_until_it_acknowledges(
    nats: NatsClient, shop: Shop, staff: Staff
) -> None:
    shop.end_of(shop.buy(staff.put_on_sale()))
    with nats.durable("workers") as next_message:
        first, again = next_message(), next_message()
        # Not acknowledged, it comes again; the durable begins at the first that is kept.
        while again != first:
            again = next_message()
