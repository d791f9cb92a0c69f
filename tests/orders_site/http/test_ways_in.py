"""The same shop by each way that leads to it: below a prefix, by TLS behind a proxy, as a probe."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import storages
from django.test import Client, override_settings
from django.urls import set_script_prefix

from apps.messaging.operations import status
from orders_site.http.static_files import FilesAsTheyLie
from tests.orders_site.conf.test_logs import is_logged
from tests.orders_site.http.test_who_may_do_what import OF_STAFF, PAGES, away, order_id

__all__ = ["away", "order_id"]
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

# Written into an attribute, and not below the prefix.
OUTSIDE = re.compile(r'\s([a-z-]+="/(?!shop/)[^"]*)"')
PROBES = ["/healthz", "/readyz", "/readyz/all", "/metrics"]


@pytest.fixture
def proxied() -> Iterator[Client]:
    """A client behind a proxy that ends TLS and passes `/shop/...` on."""
    with override_settings(
        BEHIND_PROXY=True,
        SECURE_SSL_REDIRECT=True,
        SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
        ALLOWED_HOSTS=["shop.example.com"],
    ):
        headers = {"host": "shop.example.com", "x-forwarded-proto": "https"}
        # A server tells Django of the prefix; Django's test client does not.
        set_script_prefix("/shop/")
        yield Client(headers=headers, SCRIPT_NAME="/shop")
    set_script_prefix("/")


@pytest.fixture
def probe(proxied: Client) -> Client:
    """A client that calls the process directly, by its IP address and without TLS."""
    return Client(headers={"host": "10.1.2.3:8000"}, SCRIPT_NAME="/shop")


@pytest.mark.parametrize("request_line", [*PAGES, *OF_STAFF, "GET /admin/login/", "GET /nothing"])
def test_no_page_leads_out_of_the_prefix(
    proxied: Client, order_id: UUID, request_line: str
) -> None:
    if request_line in OF_STAFF:
        proxied.force_login(User.objects.create_superuser("root"))
    answer = proxied.get(request_line.format(order=order_id).split()[1])
    assert answer.status_code == (404 if request_line == "GET /nothing" else 200)
    assert OUTSIDE.findall(answer.text) == []


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500", "503", "problem"])
def test_no_error_page_leads_out_of_the_prefix(proxied: Client, name: str) -> None:
    with override_settings(ROOT_URLCONF="tests.orders_site.http.error_pages"):
        answer = proxied.get(f"/{name}")
    assert answer.status_code == 200
    assert OUTSIDE.findall(answer.text) == []
    assert 'href="/shop/"' in answer.text


def test_a_redirect_stays_below_the_prefix(proxied: Client) -> None:
    token = proxied.get("/products/ABC/").context["csrf_token"]
    sent: dict[str, Any] = {"csrfmiddlewaretoken": str(token), "quantity": "1"}
    answer = proxied.post("/cart/add/ABC/", sent, headers={"referer": "https://shop.example.com/"})
    assert (answer.status_code, answer["Location"][:6]) == (302, "/shop/")


@pytest.mark.usefixtures("proxied")
def test_a_picture_and_a_static_file_are_below_the_prefix() -> None:
    assert storages["images"].url("photos/1/a.webp") == "/shop/media/photos/1/a.webp"
    assert FilesAsTheyLie().url("a.css") == "/shop/static/a.css"


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/api/nothing", 404),
        ("DELETE", "/api/orders", 405),
        ("GET", "/api/products/NONE", 404),
        ("POST", "/api/orders", 422),
        ("GET", "/api/products?search=%00", 400),
    ],
)
def test_the_api_answers_problems_below_a_prefix_too(
    proxied: Client, method: str, path: str, code: int
) -> None:
    answer = proxied.generic(method, path)
    assert (answer.status_code, answer["Content-Type"]) == (code, "application/problem+json")


def test_the_api_describes_itself_below_the_prefix(proxied: Client) -> None:
    assert "/shop/api/orders" in proxied.get("/api/openapi.json").json()["paths"]


@pytest.mark.parametrize("path", PROBES)
def test_probes_work_without_tls_by_address_and_prefix(
    probe: Client, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "not_ready", dict)
    assert probe.get(path).status_code == 200
    assert probe.head(path).status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/status", "/products/healthz", "/healthz/"])
def test_all_others_need_the_shops_name(probe: Client, path: str) -> None:
    assert probe.get(path).status_code == 400


@pytest.mark.parametrize("prefix", ["", "/shop"])
def test_a_negative_probe_answer_logs_no_error(prefix: str) -> None:
    assert not is_logged("/readyz", 503, prefix=prefix)
