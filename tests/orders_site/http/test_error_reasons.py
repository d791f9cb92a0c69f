"""The log states the reason of each error answer."""

import logging
from typing import Any

import pytest
from django.test import Client

from apps.messaging.errors import NoResponder
from orders_site.http.error_reasons import REASON_LENGTH
from tests.catalog.products import make_product

pytestmark = pytest.mark.django_db
ORDER: dict[str, Any] = {"email": "jo@example.com", "lines": [{"sku": "ABC", "quantity": 1}]}


def reason(caplog: pytest.LogCaptureFixture) -> str:
    """Return the one that Django's line about the answer bears."""
    (record,) = (each for each in caplog.records if each.name == "django.request")
    assert record.levelno >= logging.WARNING
    return str(vars(record).get("error"))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (ORDER | {"lines": []}, "lines: "),
        (ORDER | {"lines": [{"sku": "ABC"}]}, "lines.0.quantity: Field required"),
        (ORDER | {"email": "jo"}, "email: "),
        ("{", "Cannot parse request body"),
    ],
)
def test_a_rejected_order_is_logged_with_its_reason(
    client: Client, caplog: pytest.LogCaptureFixture, body: object, expected: str
) -> None:
    answer = client.post("/api/orders", body, content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert expected in reason(caplog)


def test_a_body_rejected_before_the_view_is_logged(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    packed = {"Content-Encoding": "gzip"}
    answer = client.post("/api/orders", ORDER, content_type="application/json", headers=packed)
    assert answer.status_code == 415
    assert reason(caplog) == "the body is encoded ('gzip'); send it as it is"


def test_internal_reasons_appear_only_in_the_log(
    client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_prices(skus: list[str]) -> None:
        raise NoResponder("the answer is not of the agreed form")

    make_product("ABC")
    monkeypatch.setattr("apps.orders.prices.look_up_prices", no_prices)
    answer = client.post("/api/orders", ORDER, content_type="application/json")
    assert answer.status_code == 503
    assert "responder" not in answer.json()["detail"]
    assert reason(caplog) == "the answer is not of the agreed form"


def test_a_long_reason_is_cut(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    lines = [{"sku": "ABC"}] * 100
    client.post("/api/orders", ORDER | {"lines": lines}, content_type="application/json")
    assert len(reason(caplog)) == REASON_LENGTH
