"""Requests with unexpected headers are rejected with a reason."""

from typing import Any

import pytest
from django.test import Client

from apps.orders.models import Order

JSON = b'{"email": "a@example.com", "lines": [{"sku": "ABC", "quantity": 1}]}'
PHOTO = "/api/products/ABC/photos"
FORM = "application/x-www-form-urlencoded"

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def post(client: Client, path: str, body: bytes, content_type: str, **meta: str) -> Any:
    return client.generic("POST", path, body, content_type=content_type, **meta)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["/api/orders", PHOTO])
def test_a_body_in_chunks_is_a_problem_that_names_the_length(client: Client, path: str) -> None:
    chunked = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = post(client, path, JSON, "application/json", **chunked)
    assert (answer.status_code, answer["Connection"]) == (411, "close")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:problem:length-required"
    assert "without its length" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/cart/add/ABC/", "/checkout/", "/staff/products/ABC/"])
def test_a_form_in_chunks_is_a_page_that_names_the_length(client: Client, path: str) -> None:
    chunked = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = Client(enforce_csrf_checks=True).generic("POST", path, b"a=b", FORM, **chunked)  # type: ignore[arg-type]
    assert (answer.status_code, answer["Connection"]) == (411, "close")
    assert answer["Content-Type"].startswith("text/html")
    assert "without its length" in answer.text
    assert "expired" not in answer.text


@pytest.mark.parametrize("length", ["-1", "+5", "five", "1e3", "٣"])
def test_a_length_that_is_no_number_is_rejected(client: Client, length: str) -> None:
    answer = post(client, "/api/orders", JSON, "application/json", CONTENT_LENGTH=length)
    assert answer.status_code == 400
    assert "Content-Length is no number" in answer.json()["detail"]


@pytest.mark.parametrize("encoding", ["gzip", "br", "GZIP, identity"])
def test_an_encoded_body_is_rejected_with_its_reason(client: Client, encoding: str) -> None:
    answer = post(client, "/api/orders", JSON, "application/json", HTTP_CONTENT_ENCODING=encoding)
    assert answer.status_code == 415
    assert "is encoded" in answer.json()["detail"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", ""])
def test_a_form_of_another_type_has_not_expired(client: Client, content_type: str) -> None:
    forms = Client(enforce_csrf_checks=True)
    answer = post(forms, "/checkout/", b"email=a@example.com", content_type)
    assert answer.status_code == 415
    assert "A form is sent as application/x-www-form-urlencoded" in answer.text


@pytest.mark.parametrize("content_type", [FORM, "image/jpeg", ""])
def test_a_photo_of_a_wrong_content_type_gets_415(client: Client, content_type: str) -> None:
    answer = post(client, PHOTO, b"photo", content_type)
    assert answer.status_code == 415
    assert "a photo is sent as multipart/form-data" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 422),
        ("Application/JSON; charset=UTF-8", 422),
        ("application/jsonp", 415),
        (FORM, 415),
        ("multipart/form-data; boundary=b", 415),
        ("text/plain", 415),
        ("", 415),
    ],
)
def test_the_api_accepts_only_json_content_types(
    client: Client, content_type: str, status: int
) -> None:
    headers = {"HTTP_ORIGIN": "https://evil.example.com"}
    answer = post(client, "/api/orders", b'{"lines": []}', content_type, **headers)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


@pytest.mark.parametrize("accept", ["", "*/*", "text/html", "application/xml;q=x", "\x00"])
def test_the_api_answers_json_whatever_is_accepted(client: Client, accept: str) -> None:
    answer = client.get("/api/products", headers={"accept": accept})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json; charset=utf-8")


@pytest.mark.parametrize("key", ["", "a\tb", "k" * 256])
def test_an_invalid_key_is_rejected_and_orders_nothing(client: Client, key: str) -> None:
    headers = {"idempotency-key": key}
    answer = client.post("/api/orders", JSON, content_type="application/json", headers=headers)
    fields = [error["field"] for error in answer.json()["errors"]]
    assert (answer.status_code, fields) == (422, ["Idempotency-Key"])
    assert not Order.objects.exists()


def test_a_post_without_any_body_is_as_before(client: Client) -> None:
    assert client.post("/cart/add/ABC/").status_code == 404
