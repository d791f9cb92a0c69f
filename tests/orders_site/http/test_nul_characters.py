"""A NUL that a visitor sends is answered: PostgreSQL raises an error for a text that has one."""

import pytest
from django.conf import settings as django_settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client

from tests.catalog.products import make_product
from tests.orders.shopping import put_into_cart

pytestmark = pytest.mark.django_db

ENCODED = "ABC%2500"
"""The server decodes it once, the part of an address that names a product once more."""
OF_A_PRODUCT = [
    f"/products/{ENCODED}/",
    f"/products/{ENCODED}/picture/",
    f"/api/products/{ENCODED}",
    f"/staff/products/{ENCODED}/",
    f"/staff/products/{ENCODED}/photo/",
]
IN_ADMIN = [f"/admin/{each._meta.label_lower.replace('.', '/')}/" for each in admin.site._registry]


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("alice"))
    return client


@pytest.mark.parametrize("path", OF_A_PRODUCT)
def test_a_product_whose_sku_has_one_is_unknown(staff: Client, path: str) -> None:
    make_product("ABC")
    assert staff.get(path).status_code == 404


@pytest.mark.parametrize("path", [f"/cart/add/{ENCODED}/", f"/cart/change/{ENCODED}/"])
def test_a_cart_has_no_such_product(client: Client, path: str) -> None:
    put_into_cart(client)
    assert client.post(path, {"quantity": 1}).status_code == 404


def test_a_checkout_form_with_one_in_its_key_finds_no_earlier_order(client: Client) -> None:
    put_into_cart(client)
    client.post("/cart/change/ABC/", {"quantity": 0})
    answer = client.post("/checkout/", {"key": "\0", "email": "a\0@example.com"})
    assert (answer.status_code, answer["Location"]) == (302, "/cart/")


@pytest.mark.parametrize("path", ["/cart/", "/checkout/", "/admin/"])
def test_a_session_cookie_with_one_is_no_session(client: Client, path: str) -> None:
    cookie = rf'{django_settings.SESSION_COOKIE_NAME}="{"a" * 31}\000"'
    assert client.get(path, HTTP_COOKIE=cookie).status_code < 400


@pytest.mark.parametrize("path", ["/cart/", "/admin/login/", "/checkout/"])
def test_any_cookie_with_one_is_answered(client: Client, path: str) -> None:
    names = [django_settings.CSRF_COOKIE_NAME, "messages", "django_language"]
    cookie = "; ".join(rf'{name}="{"a" * 31}\000"' for name in names)
    assert client.get(path, HTTP_COOKIE=cookie).status_code < 400


@pytest.mark.parametrize("path", IN_ADMIN)
def test_the_admin_has_no_page_of_such_an_object(staff: Client, path: str) -> None:
    for page in ("change", "delete", "history"):
        assert staff.get(f"{path}a_00/{page}/").status_code < 500
