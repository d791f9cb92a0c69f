"""The catalogue over HTTP."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from apps.catalog import services
from apps.catalog.models import Product
from apps.catalog.staff import issue_token
from tests.catalog.members import member_of_staff
from tests.catalog.products import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    """A member of staff."""
    return member_of_staff("alice", "change_product")


def make_upload(data: bytes = b"") -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(file, "JPEG")
    return SimpleUploadedFile("photo.jpg", data or file.getvalue(), content_type="image/jpeg")


def upload(client: Client, sku: str = "ABC", *, data: bytes = b"", **headers: Any) -> Any:
    url = f"/api/products/{sku}/photos"
    return client.post(url, {"photo": make_upload(data)}, headers=headers or None)


def bearer(user: User) -> dict[str, Any]:
    return {"authorization": f"Bearer {issue_token(user)}"}


def test_products_are_listed_with_price_and_stock(client: Client) -> None:
    make_product("ABC", name="Blocks", price="9.99", stock=3)
    assert client.get("/api/products").json() == {
        "items": [
            {
                "sku": "ABC",
                "name": "Blocks",
                "price": 9.99,
                "currency": "GBP",
                "stock": 3,
                "photo": None,
            }
        ],
        "count": 1,
    }


def test_a_search_can_be_read_by_pages(client: Client) -> None:
    for sku in ("A", "B", "C"):
        make_product(sku, name="Tea pot")
    make_product("D", name="Mug")
    answer = client.get("/api/products?search=tea&limit=1&offset=2").json()
    assert ([item["sku"] for item in answer["items"]], answer["count"]) == (["C"], 3)


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "offset=-1", "offset=99999999999999999"])
def test_an_invalid_page_is_rejected_by_its_field(client: Client, query: str) -> None:
    answer = client.get(f"/api/products?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


def test_a_single_product_includes_description_and_category(client: Client) -> None:
    shelf = services.add_category(slug="play", name="Play")
    make_product("ABC", description="Beech.", category=shelf)
    answer = client.get("/api/products/ABC").json()
    assert (answer["description"], answer["category"]) == ("Beech.", "play")


def test_an_unknown_product_is_not_found(client: Client) -> None:
    answer = client.get("/api/products/NONE")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_staff_may_upload_a_photo_with_a_token(client: Client, alice: User) -> None:
    make_product("ABC")
    answer = upload(client, **bearer(alice))
    assert answer.status_code == 202
    photo = client.get(f"/api/photos/{answer.json()['id']}").json()
    assert (answer.json()["status"], photo["status"]) == ("waiting", "waiting")


def test_staff_may_upload_a_photo_of_a_product_that_is_not_for_sale(
    client: Client, alice: User
) -> None:
    make_product("OLD")
    Product.objects.update(is_active=False)
    assert upload(client, "OLD", **bearer(alice)).status_code == 202


def test_staff_may_upload_a_photo_in_their_session(client: Client, alice: User) -> None:
    make_product("ABC")
    client.force_login(alice)
    assert upload(client).status_code == 202


def test_an_upload_that_is_rolled_back_leaves_no_file(
    client: Client, alice: User, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    make_product("ABC")

    def fails(*_: object, **__: object) -> None:
        assert list(tmp_path.rglob("originals/*.jpeg"))
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("apps.messaging.outbox.record", fails)
        assert upload(client, **bearer(alice)).status_code == 503
    assert not list(tmp_path.rglob("*.*"))
    assert upload(client, **bearer(alice)).status_code == 202
    assert len(list(tmp_path.rglob("*.*"))) == 1


def test_a_session_without_a_csrf_token_is_rejected(alice: User) -> None:
    make_product("ABC")
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert upload(client).status_code == 403


@pytest.mark.parametrize("permissions", [(), ("view_product", "add_product")])
def test_a_photo_needs_the_permission_to_change_products(
    client: Client, permissions: tuple[str, ...]
) -> None:
    make_product("ABC")
    bob = member_of_staff("bob", *permissions)
    assert upload(client, **bearer(bob)).status_code == 403
    client.force_login(bob)
    assert upload(client).status_code == 403


def test_only_staff_may_add_a_photo(client: Client) -> None:
    make_product("ABC")
    anonymous = upload(client)
    assert (anonymous.status_code, anonymous["WWW-Authenticate"]) == (401, "Bearer")
    client.force_login(User.objects.create_user("customer", password="x"))
    assert upload(client).status_code == 401
    assert upload(client, authorization="Bearer 1.made-up").status_code == 401


def test_a_photo_of_an_unknown_product_is_rejected(client: Client, alice: User) -> None:
    assert upload(client, "NONE", **bearer(alice)).status_code == 404


def test_a_file_that_is_not_a_picture_is_rejected_at_upload(client: Client, alice: User) -> None:
    make_product("ABC")
    answer = upload(client, data=b"not a picture", **bearer(alice))
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_a_request_without_a_photo_names_the_missing_field(client: Client, alice: User) -> None:
    make_product("ABC")
    answer = client.post("/api/products/ABC/photos", headers=bearer(alice))
    assert answer.json()["errors"] == [{"field": "photo", "message": "Field required"}]
