"""Any path, header, form and body sent to the web gets an answer, and never a 500."""

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings as django_settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as some
from pytest_django.fixtures import Settings

from tests.catalog.products import make_product
from tests.fuzz.generated_input import BYTES, JSON, NASTY, TEXT, quick, shaped_like
from tests.orders.conftest import FakePrices

pytestmark = pytest.mark.django_db

LINE = {"sku": "ABC", "quantity": 2}
ORDER = {"email": "a@example.com", "lines": [LINE], "expected_total": 19.98}
BODIES = (
    shaped_like(ORDER)
    | shaped_like(LINE).map(lambda line: json.dumps(ORDER | {"lines": [json.loads(line)]}).encode())
    | BYTES
)
CONTENT_TYPES = some.sampled_from(
    ["application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=x", ""]
)
NAMES = some.text(max_size=30) | some.binary(max_size=20)
ADDRESSES = some.sampled_from(
    [
        "/products/{}/",
        "/category/{}/",
        "/search?q={}",
        "/search?page={}",
        "/orders/{}/",
        "/orders/{}/state/",
        "/media/photos/{}",
        "/api/products/{}",
        "/api/products?search={}",
        "/api/products?category={}",
        "/api/products?limit={}",
        "/api/orders/{}",
        "/api/photos/{}",
        "/admin/login/?next={}",
        "/{}",
    ]
)
FORMS = some.sampled_from(["/cart/add/ABC/", "/cart/change/ABC/", "/checkout/", "/admin/login/"])
FIELDS = some.dictionaries(
    some.sampled_from(["quantity", "email", "shown", "key", "username", "password", "x"]),
    (TEXT | NASTY | JSON).map(str),
)


@pytest.fixture(autouse=True)
def shop(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    make_product("ABC")
    settings.CHECKOUT_RATE = settings.UPLOAD_RATE = "1000000/second"
    prices = FakePrices(ABC="9.99").look_up
    monkeypatch.setattr("apps.orders.prices.look_up_prices", prices)


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@quick(250)
@given(address=ADDRESSES, name=NAMES)
def test_any_name_in_an_address_is_answered(client: Client, address: str, name: Any) -> None:
    name = quote(name.encode("utf-8", "surrogatepass") if isinstance(name, str) else name, safe="")
    assert client.get(address.format(name)).status_code < 500


@quick(150)
@given(body=BODIES, content_type=CONTENT_TYPES, key=some.none() | TEXT | BYTES)
def test_any_order_is_answered(client: Client, body: bytes, content_type: str, key: Any) -> None:
    # As WSGI has it: a header is bytes, shown as Latin-1.
    raw = key.encode() if isinstance(key, str) else key
    headers = {} if raw is None else {"Idempotency-Key": raw.decode("latin-1")}
    answer = client.generic("POST", "/api/orders", body, content_type=content_type, headers=headers)
    assert answer.status_code in {200, 201, 400, 409, 415, 422}
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json"


@quick(150)
@given(address=FORMS, fields=FIELDS, body=some.none() | BYTES)
def test_any_form_is_answered(client: Client, address: str, fields: Any, body: Any) -> None:
    client.post("/cart/add/ABC/", {"quantity": 1})
    body = urlencode(fields).encode() if body is None else body
    form = "application/x-www-form-urlencoded"
    assert client.generic("POST", address, body, content_type=form).status_code < 500


@quick(100)
@given(token=NAMES, cookie=NAMES, forwarded=NAMES, trace=TEXT)
def test_any_header_is_answered(
    client: Client, token: Any, cookie: Any, forwarded: Any, trace: Any
) -> None:
    raw = [
        each if isinstance(each, bytes) else each.encode("utf-8", "replace")
        for each in (token, cookie, forwarded)
    ]
    # A server lets no NUL through in a header.
    token, cookie, forwarded = (each.replace(b"\0", b"").decode("latin-1") for each in raw)
    names = django_settings.SESSION_COOKIE_NAME, django_settings.CSRF_COOKIE_NAME
    answer = client.post(
        "/api/products/ABC/photos",
        HTTP_AUTHORIZATION=f"Bearer {token}",
        HTTP_COOKIE=f"{names[0]}={cookie}; {names[1]}={cookie}",
        HTTP_X_FORWARDED_FOR=forwarded,
        HTTP_X_FORWARDED_HOST=forwarded,
        HTTP_TRACEPARENT=trace,
    )
    assert answer.status_code in {400, 401, 403}
