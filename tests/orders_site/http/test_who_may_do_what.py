"""The permissions of each role, for every address of the shop."""

import re
from collections.abc import Iterator
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from apps.catalog.services import add_category, add_product
from apps.messaging.operations import status
from tests.orders.factories import make_order

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

# Method and address → the answers to an anonymous visitor, a signed-in customer, and staff.
TABLE = {
    "GET /": (200, 200, 200),
    "GET /search?q=tea": (200, 200, 200),
    "GET /category/tea/": (200, 200, 200),
    "GET /products/ABC/": (200, 200, 200),
    "GET /products/ABC/picture/": (200, 200, 200),
    # Staff who may do nothing else: as in the admin, each page has its permission.
    "GET /staff/products/": (302, 403, 403),
    "GET /staff/products/new/": (302, 403, 403),
    "POST /staff/products/new/": (302, 403, 403),
    "GET /staff/products/ABC/": (302, 403, 403),
    "POST /staff/products/ABC/": (302, 403, 403),
    "GET /staff/products/ABC/photo/": (302, 403, 403),
    "GET /staff/sales/": (302, 403, 403),
    "GET /cart/": (200, 200, 200),
    "POST /cart/add/ABC/": (302, 302, 302),
    "POST /cart/change/ABC/": (302, 302, 302),
    "GET /checkout/": (302, 302, 302),  # the cart is empty
    "POST /checkout/": (302, 302, 302),
    # An order's id is in every event: it shows the same data, and cannot cancel the order.
    "GET /orders/{order}/": (200, 200, 200),
    "GET /orders/{order}/state/": (200, 200, 200),
    "POST /orders/{order}/cancel/": (403, 403, 403),
    "GET /media/photos/none.jpeg": (404, 404, 404),
    "GET /api/": (404, 404, 404),
    "GET /api/docs": (200, 200, 200),
    "GET /api/openapi.json": (200, 200, 200),
    "GET /api/products": (200, 200, 200),
    "GET /api/products/ABC": (200, 200, 200),
    "POST /api/products/ABC/photos": (401, 401, 403),  # as on the page
    "POST /api/orders": (422, 422, 422),
    "GET /api/orders/{order}": (200, 200, 200),
    "GET /api/orders/{order}/journey": (200, 200, 200),
    "POST /api/orders/{order}/cancel": (403, 403, 403),
    "GET /api/photos/1": (404, 404, 404),
    "GET /api/status": (200, 200, 200),
    "GET /favicon.ico": (200, 200, 200),
    "GET /healthz": (200, 200, 200),
    "GET /readyz": (200, 200, 200),
    "GET /readyz/all": (503, 503, 503),
    "GET /metrics": (200, 200, 200),
}
PAGES = [
    request
    for request, answers in TABLE.items()
    if 200 in answers
    and not re.match("POST|GET /(api/(?!docs)|favicon|healthz|readyz|metrics)", request)
]
OF_STAFF = [request for request in TABLE if request.startswith("GET /staff/")]
ADMIN_FOR_ALL = {"admin/login/", "admin/logout/", "admin/jsi18n/"}
ADMIN_FOR_STAFF = {"admin/", "admin/password_change/", "admin/password_change/done/"}


@pytest.fixture(autouse=True)
def away(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no broker: make calls fail at once, without their timeouts."""
    monkeypatch.setattr(status, "not_ready", lambda: {"nats": "away"})
    monkeypatch.setattr(status, "_probes", dict)


@pytest.fixture(autouse=True)
def order_id() -> UUID:
    """An order in a shop that sells tea."""
    tea = add_category(slug="tea", name="Tea")
    add_product(sku="ABC", name="Tea", price=Decimal("9.99"), stock=9, category=tea)
    return make_order().id


def visitors() -> list[Client]:
    anonymous, customer, staff = Client(), Client(), Client()
    customer.force_login(User.objects.create_user("carla"))
    staff.force_login(User.objects.create_user("alice", is_staff=True))
    return [anonymous, customer, staff]


def ask(client: Client, request: str, order_id: UUID) -> Any:
    method, address = request.format(order=order_id).split()
    return client.generic(method, address)


def routes(resolver: URLResolver, above: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = above + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from routes(entry, route)


def admin_addresses() -> list[str]:
    found = (route for route in routes(get_resolver()) if route.startswith("admin/"))
    return sorted({re.sub(r"<[^>]+>|\(\?P.*", "1", each).rstrip("$") for each in found})


@pytest.mark.parametrize("request_", TABLE)
def test_each_role_has_the_permissions_of_the_table(request_: str, order_id: UUID) -> None:
    answers = (ask(each, request_, order_id).status_code for each in visitors())
    assert tuple(answers) == TABLE[request_]


def test_the_table_has_every_address(order_id: UUID) -> None:
    addresses = (request.format(order=order_id).split()[1] for request in TABLE)
    in_the_table = {resolve(address.partition("?")[0]).route for address in addresses}
    # The lab can be deleted, and with it the table of its own addresses.
    apart = ("admin/", "lab/")
    there_are = {route for route in routes(get_resolver()) if not route.startswith(apart)}
    assert in_the_table == there_are


def test_an_anonymous_visitor_may_sign_in_and_is_redirected(client: Client) -> None:
    answer = client.get("/staff/products/ABC/")
    assert answer["Location"] == "/admin/login/?next=/staff/products/ABC/"


@pytest.mark.parametrize(
    ("permission", "addresses"),
    [
        ("view_product", {"/staff/products/"}),
        ("add_product", {"/staff/products/new/"}),
        ("change_product", {"/staff/products/ABC/", "/staff/products/ABC/photo/"}),
    ],
)
def test_staff_pages_require_the_admin_permission(
    client: Client, permission: str, addresses: set[str]
) -> None:
    ben = User.objects.create_user("ben", is_staff=True)
    ben.user_permissions.add(Permission.objects.get(codename=permission))
    client.force_login(ben)
    pages = {each.split()[1] for each in OF_STAFF}
    assert {each for each in pages if client.get(each).status_code == 200} == addresses


def test_former_staff_see_no_staff_page(client: Client) -> None:
    client.force_login(User.objects.create_user("root", is_superuser=True, is_staff=False))
    assert client.get("/staff/products/").status_code == HTTPStatus.FORBIDDEN


def test_a_method_that_an_address_does_not_take_is_405(order_id: UUID) -> None:
    """It lists those that it takes; no CSRF token is asked for where none would help."""
    client = Client(enforce_csrf_checks=True)
    there_are = {request.partition("?")[0] for request in TABLE}
    others = {
        f"{method} {request.split()[1]}"
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW")
        for request in there_are
    } - there_are
    answers = {other: ask(client, other, order_id) for other in others}
    assert {other: each.status_code for other, each in answers.items()} == dict.fromkeys(
        others, 405
    )
    for other, answer in answers.items():
        assert set(answer["Allow"].split(", ")) - {"HEAD"} == {
            request.split()[0] for request in there_are if request.split()[1] == other.split()[1]
        }


def test_a_method_that_no_admin_page_takes_is_405_also_with_a_token(client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    answers = {
        (method, address): client.generic(method, f"/{address}").status_code
        for method in ("PUT", "PATCH", "DELETE", "TRACE")
        for address in admin_addresses()
    }
    assert {each: answer for each, answer in answers.items() if answer != 405} == {}


@pytest.mark.parametrize("request_", [each for each in TABLE if each.startswith("POST /")])
def test_a_form_of_another_site_has_no_effect(request_: str, order_id: UUID) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_user("alice", is_staff=True))
    # An anonymous request to the API has no user, so that it cannot be forged.
    for_anybody = request_.startswith("POST /api/") and TABLE[request_][0] != 401
    expected = TABLE[request_][0] if for_anybody else HTTPStatus.FORBIDDEN
    assert ask(client, request_, order_id).status_code == expected


def test_the_admin_is_for_staff_only() -> None:
    anonymous, customer, _ = visitors()
    shown = [
        address
        for address in set(admin_addresses()) - ADMIN_FOR_ALL
        for client in (anonymous, customer)
        if not client.get(f"/{address}").headers.get("Location", "").startswith("/admin/login/")
    ]
    assert shown == []


def test_staff_without_a_permission_see_only_the_index() -> None:
    *_, staff = visitors()
    answers = {each: staff.get(f"/{each}").status_code for each in admin_addresses()}
    shown = {address for address, answer in answers.items() if answer == HTTPStatus.OK}
    assert shown - ADMIN_FOR_ALL == ADMIN_FOR_STAFF


def test_the_admin_has_pages() -> None:
    assert len(admin_addresses()) > 20


def test_the_right_to_view_dead_letters_does_not_redrive(client: Client) -> None:
    ben = User.objects.create_user("ben", is_staff=True)
    ben.user_permissions.add(Permission.objects.get(codename="view_deadletter"))
    client.force_login(ben)
    page = client.get("/admin/messaging/deadletter/")
    assert page.status_code == 200
    assert b"redrive" not in page.content.lower().replace(b"redriven", b"")


@pytest.mark.parametrize("request_", PAGES)
def test_a_page_obeys_its_content_security_policy(
    client: Client, request_: str, order_id: UUID
) -> None:
    answer = ask(client, request_, order_id)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    html = answer.content.decode()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html)
    assert not re.search(r"<script(?![^>]*(src=|application/json))", html)


def test_answers_have_security_headers(client: Client) -> None:
    headers = client.get("/").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
