"""The JSON API of orders, over HTTP."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.test import Client

from apps.messaging.errors import BrokerAway, NoResponder, RequestTimeout
from apps.messaging.models import OutboxMessage
from apps.orders import queries
from apps.orders.models import Order
from tests.orders.factories import confirm, make_order, reject

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("prices")]

JSON = "application/json"
TWO_TEAPOTS = {"email": "alice@example.com", "lines": [{"sku": "ABC", "quantity": 2}]}


def post(client: Client, body: object, **headers: str) -> Any:
    return client.post("/api/orders", body, content_type="application/json", headers=headers)


def fields(answer: Any) -> list[str]:
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    return [error["field"] for error in answer.json()["errors"]]


def test_an_order_is_placed(client: Client) -> None:
    answer = post(client, TWO_TEAPOTS)
    assert answer.status_code == 201
    order = Order.objects.get()
    assert answer.json() | {"placed_at": None} == {
        "id": str(order.id),
        "status": "placed",
        "reason": "",
        "total": 19.98,
        "currency": "GBP",
        "placed_at": None,
        "ended_at": None,
        "lines": [{"sku": "ABC", "name": "ABC", "quantity": 2, "price": 9.99}],
        "token": order.token,
    }


def test_a_repeated_key_and_body_return_the_same_order(client: Client) -> None:
    first = post(client, TWO_TEAPOTS, **{"Idempotency-Key": "k"})
    again = post(client, TWO_TEAPOTS, **{"Idempotency-Key": "k"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


def test_an_outage_after_the_commit_does_not_ask_for_a_second_order(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(order: Order) -> dict[str, Any]:
        raise OperationalError("server closed the connection")

    with monkeypatch.context() as outage:
        outage.setattr(queries, "order_payload", away)
        answer = post(client, TWO_TEAPOTS, **{"Idempotency-Key": "k"})
    assert answer.status_code == 503
    assert "this change may have been made: repeat it with its" in answer.json()["detail"]
    again = post(client, TWO_TEAPOTS, **{"Idempotency-Key": "k"})
    assert (again.status_code, again.json()["id"]) == (200, str(Order.objects.get().id))


def test_the_same_key_with_another_body_is_a_conflict(client: Client) -> None:
    post(client, TWO_TEAPOTS, **{"Idempotency-Key": "k"})
    answer = post(client, TWO_TEAPOTS | {"email": "b@example.com"}, **{"Idempotency-Key": "k"})
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")


def test_an_expected_total_with_float_noise_is_accepted(client: Client) -> None:
    answer = post(client, TWO_TEAPOTS | {"expected_total": 19.979999999999997})
    assert answer.status_code == 201


def test_another_total_than_expected_is_a_conflict(client: Client) -> None:
    answer = post(client, TWO_TEAPOTS | {"expected_total": 19.99})
    assert answer.status_code == 409
    assert not Order.objects.exists()


@pytest.mark.parametrize("quantity", [0, -1, 10_001, 1.5, "2", None, True])
def test_an_invalid_quantity_is_named(client: Client, quantity: object) -> None:
    lines = [{"sku": "ABC", "quantity": 1}, {"sku": "XYZ", "quantity": quantity}]
    assert fields(post(client, TWO_TEAPOTS | {"lines": lines})) == ["lines.1.quantity"]


@pytest.mark.parametrize("sku", ["NOPE", "", "A\x00", "x" * 5000])
def test_an_unknown_sku_is_named(client: Client, sku: str) -> None:
    lines = [{"sku": "ABC", "quantity": 1}, {"sku": sku, "quantity": 1}]
    assert fields(post(client, TWO_TEAPOTS | {"lines": lines})) == ["lines.1.sku"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"email": "alice"}, "email"),
        ({"email": None}, "email"),
        ({"lines": []}, "lines"),
        ({"lines": [{"sku": "ABC", "quantity": 1}] * 101}, "lines"),
        ({"expected_total": "much"}, "expected_total"),
        ({"expected_total": 1.234}, "expected_total"),
        ({"expectedTotal": 1.00}, "expectedTotal"),
        ({"lines": [{"sku": "ABC", "quantity": 1, "price": 1}]}, "lines.0.price"),
    ],
)
def test_other_invalid_fields_are_named(
    client: Client, change: dict[str, object], named: str
) -> None:
    assert fields(post(client, TWO_TEAPOTS | change)) == [named]


@pytest.mark.parametrize("error", [NoResponder, RequestTimeout, BrokerAway])
def test_an_order_without_prices_gets_503_with_retry_after(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def no_prices(skus: list[str]) -> None:
        raise error

    monkeypatch.setattr("apps.orders.prices.look_up_prices", no_prices)
    answer = post(client, TWO_TEAPOTS)
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert answer.json()["detail"] == (
        "the prices cannot be confirmed just now, so nothing was ordered; please try again"
    )
    assert not Order.objects.exists()


def test_a_placed_or_repeated_order_returns_its_token(
    client: Client,
) -> None:
    answers = [post(client, TWO_TEAPOTS, **{"Idempotency-Key": "one"}).json() for _ in range(2)]
    assert [each["token"] for each in answers] == [Order.objects.get().token] * 2


def test_an_orders_events_do_not_contain_its_token(client: Client) -> None:
    order = confirm(make_order())
    recorded = [f"{each.headers} {each.body}" for each in OutboxMessage.objects.all()]
    assert len(recorded) == 2
    assert not [each for each in recorded if order.token in each or order.email in each]


def test_an_order_can_be_read(client: Client) -> None:
    order = reject(make_order(), "not enough of ABC in stock")
    answer = client.get(f"/api/orders/{order.id}").json()
    assert (answer["status"], answer["reason"]) == ("rejected", "not enough of ABC in stock")
    assert answer["ended_at"]


def test_an_order_can_be_cancelled_twice(client: Client) -> None:
    order = confirm(make_order())
    answers = [cancel_by_api(client, order) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["status"] == "cancelled"


def test_a_rejected_order_cannot_be_cancelled(client: Client) -> None:
    assert cancel_by_api(client, reject(make_order())).status_code == 409


@pytest.mark.parametrize("token", [None, "", "x" * 32, "é"])
def test_an_order_id_without_its_token_cancels_nothing(client: Client, token: str | None) -> None:
    order = make_order()
    headers = {} if token is None else {"Order-Token": token}
    answer = client.post(f"/api/orders/{order.id}/cancel", content_type=JSON, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:problem:not-their-order"
    order.refresh_from_db()
    assert order.status == "placed"


def test_an_order_without_a_token_cannot_be_cancelled(client: Client) -> None:
    order = make_order()
    Order.objects.update(token="")
    assert client.post(f"/api/orders/{order.id}/cancel", content_type=JSON).status_code == 403
    assert (
        client.post(
            f"/api/orders/{order.id}/cancel", content_type=JSON, headers={"Order-Token": ""}
        ).status_code
        == 403
    )


def test_a_read_order_shows_no_address_and_no_token(client: Client) -> None:
    order = make_order()
    for path in (f"/api/orders/{order.id}", f"/api/orders/{order.id}/journey"):
        answer = client.get(path).content.decode()
        assert order.token not in answer
        assert order.email not in answer


@pytest.mark.parametrize("order_id", [uuid4(), 42, "nonsense"])
def test_an_unknown_order_is_not_found(client: Client, order_id: object) -> None:
    for answer in (
        client.get(f"/api/orders/{order_id}"),
        client.get(f"/api/orders/{order_id}/journey"),
        client.post(f"/api/orders/{order_id}/cancel", content_type=JSON),
    ):
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.usefixtures("prices")
def test_answers_about_an_order_are_not_cached(client: Client) -> None:
    order = confirm(make_order())
    answers = [
        post(client, TWO_TEAPOTS),
        post(client, {}),
        client.get(f"/api/orders/{order.id}"),
        client.get(f"/api/orders/{uuid4()}"),
        client.get(f"/api/orders/{order.id}/journey"),
        cancel_by_api(client, order),
    ]
    assert [each.status_code for each in answers] == [201, 422, 200, 404, 200, 200]
    assert all("no-store" in each["Cache-Control"] for each in answers)


def test_the_journey_begins_with_the_recorded_event(client: Client) -> None:
    order = confirm(make_order())
    answer = client.get(f"/api/orders/{order.id}/journey").json()
    assert answer["id"] == str(order.id)
    assert [(hop["kind"], hop["name"]) for hop in answer["hops"]] == [
        ("recorded", "orders.placed"),
        ("recorded", "orders.confirmed"),
    ]


def test_times_of_an_answer_sort_as_strings(client: Client) -> None:
    order = confirm(make_order())
    whole_second = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    later = whole_second.replace(microsecond=27_000)
    times = {"orders.placed": whole_second, "orders.confirmed": later}
    for subject, at in times.items():
        OutboxMessage.objects.filter(destination=subject).update(recorded_at=at)
    hops = client.get(f"/api/orders/{order.id}/journey").json()["hops"]
    assert [hop["at"] for hop in hops] == ["2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05.027Z"]


def cancel_by_api(client: Client, order: Order) -> Any:
    headers = {"Order-Token": order.token}
    return client.post(f"/api/orders/{order.id}/cancel", content_type=JSON, headers=headers)
