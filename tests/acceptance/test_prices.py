"""Request-reply as a foreign client sees it, and the broadcast that keeps both responders right."""

import json
from collections import Counter

import pytest

from tests.acceptance.nats_client import NatsClient
from tests.acceptance.shop import Shop
from tests.acceptance.staff import Staff
from tests.support.waiting import eventually


def price_of(nats: NatsClient, sku: str) -> float:
    answer = nats.request("price.lookup", json.dumps({"sku": sku}).encode())
    return float(json.loads(answer.data)["price"])


def answered(nats: NatsClient) -> Counter[str]:
    """Return how many requests each responder has answered so far."""
    stats = nats.ask_all("$SRV.STATS.pricing", expected=2)
    return Counter({each["id"]: each["endpoints"][0]["num_requests"] for each in stats})


def test_the_tutorials_request_gets_the_tutorials_answer(nats: NatsClient) -> None:
    answer = nats.request("price.lookup", b'{"sku": "ABC"}')
    assert json.loads(answer.data) == {"sku": "ABC", "price": 9.99, "currency": "GBP"}


def test_both_responders_answer_a_new_price_within_a_second(nats: NatsClient, staff: Staff) -> None:
    sku = staff.put_on_sale(price="5.00")
    eventually(lambda: price_of(nats, sku) == 5.0, within=1.0)
    before = answered(nats)
    with nats.listening("catalog.price_changed") as received:
        staff.change_price(sku, "6.50")
        (message,) = eventually(lambda: [m for m in received if sku.encode() in m.data], within=1.0)
    eventually(lambda: all(price_of(nats, sku) == 6.5 for _ in range(20)), within=1.0)
    assert json.loads(message.data) == {"sku": sku, "price": 6.5, "currency": "GBP", "version": 2}
    asked = answered(nats)
    assert len(asked) == 2
    assert all(asked[responder] > before[responder] for responder in asked)


def test_a_new_price_is_charged(nats: NatsClient, shop: Shop, staff: Staff) -> None:
    sku = staff.put_on_sale(price="5.00")
    staff.change_price(sku, "6.50")
    eventually(lambda: all(price_of(nats, sku) == 6.5 for _ in range(10)), within=1.0)
    assert shop.order((sku, 2)).json["total"] == 13.0


def test_several_prices_are_one_request(nats: NatsClient) -> None:
    answer = nats.request("price.lookup.many", b'{"skus": ["ABC", "NO-SUCH"]}')
    price = {"sku": "ABC", "price": 9.99, "currency": "GBP"}
    assert json.loads(answer.data) == {"prices": [price], "unknown": ["NO-SUCH"]}


def test_an_unknown_sku_gets_an_error_code(nats: NatsClient) -> None:
    answer = nats.request("price.lookup", b'{"sku": "NO-SUCH"}')
    assert answer.headers["Nats-Service-Error-Code"] == "404"
    assert "NO-SUCH" in answer.headers["Nats-Service-Error"]


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b'{"sku": 1}', b"\xff\xfe", b'{"a": 1}'])
def test_an_unreadable_request_gets_an_error_answer(nats: NatsClient, body: bytes) -> None:
    answer = nats.request("price.lookup", body)
    assert answer.headers["Nats-Service-Error-Code"] == "400"
    assert answer.headers["Nats-Service-Error"]


def test_the_price_service_can_be_discovered(nats: NatsClient) -> None:
    answers = nats.ask_all("$SRV.INFO.pricing", expected=2)
    assert {each["name"] for each in answers} == {"pricing"}
    assert len({each["id"] for each in answers}) == 2
    assert [(each["subject"], each["queue_group"]) for each in answers[0]["endpoints"]] == [
        ("price.lookup", "pricing"),
        ("price.lookup.many", "pricing"),
    ]
