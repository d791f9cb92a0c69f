"""The shop rejects large or frequent requests before it reads a body."""

import io
from pathlib import Path
from typing import Any
from uuid import uuid4

import limits
import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from limits.storage import MemoryStorage
from pytest_django.fixtures import Settings

from apps.catalog.staff import issue_token
from apps.orders.models import Order
from orders_site.conf.demo_defaults import demo_defaults
from orders_site.http.request_limits import KEPT_IN_MEMORY, limiter
from tests.catalog.members import member_of_staff
from tests.orders.conftest import FakePrices
from tests.orders.shopping import put_into_cart
from tests.support.processes import ROOT

pytestmark = pytest.mark.one_database

ORDER = {"email": "a@example.com", "lines": [{"sku": "ABC", "quantity": 1}]}


@pytest.fixture(autouse=True)
def nothing_counted_yet(settings: Settings) -> None:
    limiter.cache_clear()
    settings.CHECKOUT_RATE = "2/hour"
    settings.UPLOAD_RATE = "1/hour"


@pytest.fixture
def prices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.orders.prices.look_up_prices", FakePrices(ABC="9.99").look_up)


class Unread(io.BytesIO):
    def read(self, *_: Any) -> bytes:
        raise AssertionError("the body is read")


def order(client: Client, address: str = "192.0.2.1", **headers: str) -> Any:
    return client.post(
        "/api/orders",
        ORDER,
        content_type="application/json",
        headers=headers,
        REMOTE_ADDR=address,
    )


def upload(client: Client, size: int = 9, token: str = "") -> Any:
    photo = SimpleUploadedFile("photo.jpg", b"x" * size)
    headers = {"authorization": f"Bearer {token}"}
    return client.post("/api/products/ABC/photos", {"photo": photo}, headers=headers)


@pytest.mark.django_db
@pytest.mark.usefixtures("prices")
def test_an_order_above_the_rate_gets_retry_after(client: Client) -> None:
    answers = [order(client) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert answers[2]["Content-Type"] == "application/problem+json"
    assert answers[2].json()["type"] == "urn:problem:too-many-requests"
    assert 3500 < int(answers[2]["Retry-After"]) <= 3600
    assert Order.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("prices")
def test_each_address_is_counted_for_itself(client: Client) -> None:
    addresses = ["192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.1"]
    statuses = [order(client, address).status_code for address in addresses]
    assert statuses == [201, 201, 201, 429]


@pytest.mark.django_db
def test_a_checkout_above_the_rate_shows_a_page(client: Client) -> None:
    answers = [client.post("/checkout/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert answers[2]["Content-Type"].startswith("text/html")
    assert int(answers[2]["Retry-After"]) > 0


@pytest.mark.django_db
def test_get_requests_are_not_counted(client: Client) -> None:
    assert [client.get("/checkout/").status_code for _ in range(4)] == [302] * 4


@pytest.mark.django_db
@pytest.mark.usefixtures("prices")
def test_both_ways_of_buying_count_together(client: Client) -> None:
    client.post("/checkout/", REMOTE_ADDR="192.0.2.1")
    assert [order(client).status_code for _ in range(2)] == [201, 429]


@pytest.mark.django_db
def test_uploads_count_separately_and_before_login(client: Client) -> None:
    assert [upload(client).status_code for _ in range(2)] == [401, 429]
    assert client.post("/checkout/").status_code == 302


@pytest.mark.parametrize(("setting", "a_second"), [("CHECKOUT_RATE", 20), ("UPLOAD_RATE", 5)])
def test_a_normal_visitor_is_not_limited(setting: str, a_second: int, tmp_path: Path) -> None:
    rate = limits.parse(demo_defaults(tmp_path, nats_port=1, aws_port=1)[setting])
    assert rate.amount / rate.get_expiry() >= a_second
    assert setting not in (ROOT / "docker-compose.yml").read_text(), "compose is a demo as well"


@pytest.mark.django_db
@pytest.mark.usefixtures("prices")
def test_the_shop_works_without_the_rate_store(
    client: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.RATE_LIMIT_STORAGE = "redis://127.0.0.1:1"
    assert [order(client).status_code for _ in range(3)] == [201] * 3
    assert "requests are not counted" in caplog.messages


@pytest.mark.parametrize("path", ["/api/orders", "/cart/add/ABC/", "/admin/login/"])
@pytest.mark.django_db
def test_a_large_body_is_rejected_unread(client: Client, path: str) -> None:
    length = str(128 * 1024 + 1)
    kind = "application/json" if path.startswith("/api/") else "multipart/form-data"
    unread: Any = {"CONTENT_LENGTH": length, "CONTENT_TYPE": kind, "wsgi.input": Unread()}
    answer = client.generic("POST", path, **unread)
    assert answer.status_code == 413


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [("/products/A%00/", 404), ("/search?q=%00", 400), ("/api/products?category=a%00", 400)],
)
def test_a_nul_in_an_address_is_rejected(client: Client, path: str, status: int) -> None:
    assert client.get(path).status_code == status


@pytest.mark.django_db
def test_an_unused_small_body_is_read_to_keep_the_connection(
    client: Client,
) -> None:
    body = io.BytesIO(b"x" * 5000)
    answer = client.post("/nothing", **{"CONTENT_LENGTH": "5000", "wsgi.input": body})  # type: ignore[arg-type]
    assert (answer.status_code, body.read()) == (404, b"")


@pytest.mark.django_db
def test_only_the_upload_accepts_a_file(client: Client) -> None:
    photo = SimpleUploadedFile("photo.jpg", b"x" * 200_000)
    assert client.post("/checkout/", {"photo": photo}).status_code == 413
    assert upload(client, size=200_000).status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/staff/products/new/", "/staff/products/ABC/"])
def test_staff_pages_with_a_photo_count_as_uploads(client: Client, path: str) -> None:
    photo = SimpleUploadedFile("photo.jpg", b"x" * 200_000)
    assert [client.post(path, {"photo": photo}).status_code for _ in range(2)] == [302, 429]


@pytest.mark.django_db
def test_a_photo_over_the_limit_is_a_problem(client: Client, settings: Settings) -> None:
    settings.UPLOAD_RATE = "9/second"
    settings.PHOTO_MAX_BYTES = 1000
    put_into_cart(client)
    token = issue_token(member_of_staff("alice", "change_product"))
    for size in (1001, 1000 + 128 * 1024):
        answer = upload(client, size, token)
        assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")


def sign_in(client: Client, password: str, *, address: str, name: str = "alice") -> int:
    form = {"username": name, "password": password}
    return client.post("/admin/login/?next=/admin/", form, REMOTE_ADDR=address).status_code


@pytest.mark.django_db
def test_logins_are_limited_by_address_and_by_name(client: Client, settings: Settings) -> None:
    settings.LOGIN_RATE = "3/hour"
    User.objects.create_user("alice", password="right", is_staff=True)
    wrong = [sign_in(client, "wrong", address="192.0.2.1", name=f"a{i}") for i in range(3)]
    assert wrong == [200, 200, 200]
    assert sign_in(client, "right", address="192.0.2.1") == 429
    others = [sign_in(client, "wrong", address=f"192.0.2.{i}", name="ALICE") for i in (2, 3, 4)]
    assert others == [200, 200, 200], "an address over its rate does not count for the name"
    assert sign_in(client, "right", address="192.0.2.5") == 429
    assert sign_in(client, "wrong", address="192.0.2.6", name="bob") == 200


@pytest.mark.django_db
def test_an_address_over_its_rate_adds_no_names(client: Client, settings: Settings) -> None:
    settings.LOGIN_RATE = "2/hour"
    answers = [sign_in(client, "wrong", address="192.0.2.1", name=f"b{i}") for i in range(9)]
    assert answers == [200] * 2 + [429] * 7
    assert len(counted_clients()) == 3, "the address and two names"


@pytest.mark.django_db
def test_clients_without_a_recent_request_are_forgotten(client: Client) -> None:
    counted_clients().update({f"gone {i}": [] for i in range(KEPT_IN_MEMORY)})
    assert sign_in(client, "wrong", address="192.0.2.1") == 200
    assert sign_in(client, "wrong", address="192.0.2.1") == 200
    assert len(counted_clients()) == 2


def counted_clients() -> dict[str, Any]:
    storage = limiter("memory://").storage
    assert isinstance(storage, MemoryStorage)
    found: dict[str, Any] = storage.events
    return found


@pytest.mark.django_db
def test_a_sign_in_within_the_rate_is_accepted(client: Client) -> None:
    User.objects.create_user("alice", password="right", is_staff=True)
    assert sign_in(client, "right", address="192.0.2.1") == 302


@pytest.mark.django_db
def test_cancellations_count_like_orders(client: Client) -> None:
    path = f"/api/orders/{uuid4()}/cancel"
    assert [client.generic("POST", path).status_code for _ in range(3)] == [404, 404, 429]
