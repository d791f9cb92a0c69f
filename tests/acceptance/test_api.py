"""Promises of the JSON API: documented forms, errors that name the field, safe repeats."""

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from tests.acceptance.shop import Shop
from tests.acceptance.staff import Staff
from tests.support.waiting import eventually


@pytest.fixture(scope="module")
def sku(staff: Staff) -> str:
    return staff.put_on_sale(stock=1000, price="5.00")


def test_the_catalogue_can_be_listed_and_searched(shop: Shop) -> None:
    page = shop.get("/api/products?limit=3&offset=0&search=blocks").json
    assert page["count"] == 1
    assert set(page["items"][0]) == {"sku", "name", "price", "currency", "stock", "photo"}
    everything = shop.get("/api/products?limit=100").json
    assert everything["count"] >= 24


def test_an_unknown_product_or_order_is_not_found(shop: Shop) -> None:
    for path in ("/api/products/NONE", f"/api/orders/{uuid.uuid4()}", "/api/photos/999999"):
        answer = shop.get(path)
        assert answer.status == 404
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert shop.cancel(str(uuid.uuid4())).status == 404


def test_twenty_concurrent_requests_with_one_key_make_one_order(shop: Shop, sku: str) -> None:
    key, before = str(uuid.uuid4()), shop.stock(sku)
    with ThreadPoolExecutor(20) as clients:
        answers = list(clients.map(lambda _: shop.order((sku, 1), key=key), range(20)))
    assert Counter(answer.status for answer in answers) == {201: 1, 200: 19}
    (order,) = {answer.json["id"] for answer in answers}
    shop.end_of(order)
    assert shop.stock(sku) == before - 1


def test_a_reused_key_with_another_body_is_rejected(shop: Shop, sku: str) -> None:
    key = str(uuid.uuid4())
    assert shop.order((sku, 1), key=key).status == 201
    assert shop.order((sku, 2), key=key).status == 409


def test_an_unexpected_total_is_rejected(shop: Shop, sku: str) -> None:
    assert shop.order((sku, 2), expected_total=9.99).status == 409
    assert shop.order((sku, 2), expected_total=10.00).status == 201


@pytest.mark.parametrize("quantity", [0, -1, 10_001, 1.5, "two", None])
def test_an_invalid_quantity_is_rejected_by_its_field(shop: Shop, sku: str, quantity: Any) -> None:
    assert refused_fields(shop.order((sku, 1), (sku, quantity))) == ["lines.1.quantity"]


def test_a_product_not_for_sale_is_rejected_by_its_sku(shop: Shop, sku: str) -> None:
    assert refused_fields(shop.order((sku, 1), ("NO-SUCH", 1))) == ["lines.1.sku"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "nobody", "lines": [{"sku": "ABC", "quantity": 1}]}, "email"),
        ({"email": "ada@example.com", "lines": []}, "lines"),
        ({"email": "ada@example.com"}, "lines"),
    ],
)
def test_a_missing_field_is_rejected_by_its_name(
    shop: Shop, body: dict[str, Any], field: str
) -> None:
    assert refused_fields(shop.post("/api/orders", body)) == [field]


def test_a_body_that_is_not_json_gets_a_problem_answer(shop: Shop) -> None:
    answer = shop.send("POST", "/api/orders", b"{", {"Content-Type": "application/json"})
    assert answer.status in {400, 422}
    assert answer.headers["Content-Type"] == "application/problem+json"


def whole_status(shop: Shop) -> dict[str, Any]:
    """Return it, or nothing where a part is missing."""
    status: dict[str, Any] = shop.status()
    return {} if status["problems"] else status


def test_the_status_has_the_documented_form(shop: Shop) -> None:
    # A busy machine may leave a part without an answer in its second, and says so there.
    status = eventually(partial(whole_status, shop), what="every part of the status has answered")
    parts = {"workers", "streams", "consumers", "queues", "outbox", "dead_letters", "parts"}
    assert set(status) == parts | {"dead_letter_ages", "problems", "warnings"}
    assert set(status["parts"]["orders"]) == {"placed", "late", "oldest_age_seconds"}
    worker = {"name", "instances", "last_step_age", "restarts"}
    assert all(worker <= set(each) and each["instances"] > 0 for each in status["workers"])
    assert {each["name"] for each in status["consumers"]} >= {"fulfilment", "notification", "sales"}
    assert {"name", "pending", "ack_pending", "redelivered"} <= set(status["consumers"][0])
    assert {each["name"] for each in status["queues"]} >= {"jobs", "celery"}
    assert {"name", "visible", "in_flight"} <= set(status["queues"][0])
    assert set(status["outbox"]) == {"unsent", "oldest_age", "held", "kept", "kept_for"}
    assert {"total", "jetstream", "sqs", "celery", "outbox"} <= set(status["dead_letters"])


def test_probes_metrics_and_documentation_answer(shop: Shop) -> None:
    for path in (
        "/healthz",
        "/metrics",
        "/api/docs",
        "/api/openapi.json",
    ):
        assert shop.get(path).status == 200, path
    for path in ("/readyz", "/readyz/all"):  # A part that is busy does not answer in its second.
        eventually(partial(answers_well, shop, path), what=path)
    assert b"shop_outbox_unsent" in shop.get("/metrics").body


def answers_well(shop: Shop, path: str) -> bool:
    return shop.get(path).status == 200


def refused_fields(answer: Any) -> list[str]:
    assert answer.status == 422, answer.body
    assert answer.headers["Content-Type"] == "application/problem+json"
    return [each["field"] for each in answer.json["errors"]]
