"""Errors as clients see them."""

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.urls import include, path
from ninja import NinjaAPI
from pytest_django.fixtures import Settings

from apps.catalog import errors as catalog
from apps.images.errors import NotAPicture, PictureTooLarge, UnknownPhoto
from apps.messaging.errors import (
    BrokerAway,
    MessageTooLarge,
    NoResponder,
    RequestRefused,
    RequestTimeout,
)
from apps.orders import errors as orders
from apps.pricing.errors import NotSaleable, UnknownSku
from orders_site.http.errors import answer_problems
from orders_site.urls import handler404, handler500  # this module stands in for the root
from tests.support.logged import logged_by

ORDER = UUID("7b7d9bd1-1111-4111-8111-111111111111")
ERRORS = [
    (catalog.UnknownProduct("X"), 404),
    (UnknownPhoto(1), 404),
    (orders.OrderNotFound(ORDER), 404),
    (NotAPicture(), 400),
    (PictureTooLarge("9 bytes"), 413),
    (orders.OrderInvalid("email", "is no address"), 422),
    (orders.UnknownLine("lines.0.sku", "X"), 422),
    (UnknownSku("X"), 422),
    (NotSaleable("X", "its price is 0"), 422),
    (catalog.ProductInvalid("product 'X': currency: Three capital letters, like GBP."), 422),
    (catalog.PriceInvalid("0 is not a price"), 422),
    (catalog.StockTooLarge("X"), 422),
    (catalog.PriceContested("X", Decimal("2.00")), 409),
    (catalog.SkuTaken("X"), 409),
    (catalog.OutOfStock("X"), 409),
    (MessageTooLarge("70,000 bytes"), 422),
    (RequestRefused(400, "unreadable"), 422),
    (RequestRefused(500, "the responder failed"), 502),
    (orders.TotalDiffers(expected=Decimal("1.00"), actual=Decimal("2.00")), 409),
    (orders.KeyReused(), 409),
    (orders.NotCancellable(), 409),
    (NoResponder(), 503),
    (RequestTimeout(), 503),
    (BrokerAway(), 503),
    (OperationalError("database or disk is full"), 503),
    (InternalError("cannot execute INSERT in a read-only transaction"), 503),
    (SuspiciousOperation("who knows"), 400),
    (RuntimeError("a secret of ours"), 500),
]
raised: Exception = RuntimeError()

api = NinjaAPI(urls_namespace="errors")
answer_problems(api)


@api.get("/raise")
def raise_in_api(request: HttpRequest) -> None:
    raise raised


def raise_in_page(request: HttpRequest) -> HttpResponse:
    raise raised


urlpatterns = [
    path("api/", api.urls),
    path("page", raise_in_page),
    path("", include("orders_site.urls")),
]
__all__ = ["handler404", "handler500", "urlpatterns"]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
    return lambda error: monkeypatch.setattr(f"{__name__}.raised", error)


@pytest.mark.parametrize(("error", "status"), ERRORS, ids=lambda case: type(case).__name__)
def test_an_error_in_the_api_is_a_problem(
    client: Client, raising: Callable[[Exception], None], error: Exception, status: int
) -> None:
    raising(error)
    answer = client.get("/api/raise")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert set(answer.json()) >= {"type", "title", "status", "detail"}
    assert answer.json()["status"] == status


def test_each_problem_has_a_type(client: Client, raising: Callable[[Exception], None]) -> None:
    raising(orders.TotalDiffers(expected=Decimal("1.00"), actual=Decimal("2.50")))
    assert client.get("/api/raise").json() == {
        "type": "urn:problem:total-differs",
        "title": "Total differs",
        "status": 409,
        "detail": "the total is 2.50, not 1.00",
        "expected_total": 1.0,
        "actual_total": 2.5,
    }


def test_a_bad_field_is_named(client: Client, raising: Callable[[Exception], None]) -> None:
    raising(orders.UnknownLine("lines.1.sku", "X"))
    (error,) = client.get("/api/raise").json()["errors"]
    assert error == {"field": "lines.1.sku", "message": "no product 'X' is for sale"}


def test_a_503_has_retry_after(client: Client, raising: Callable[[Exception], None]) -> None:
    raising(NoResponder())
    assert client.get("/api/raise")["Retry-After"].isdigit()


def test_an_unforeseen_error_is_logged_and_shows_no_secret(
    client: Client,
    raising: Callable[[Exception], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    raising(RuntimeError("a secret of ours"))
    assert "secret" not in client.get("/api/raise").content.decode()
    assert "a secret of ours" in caplog.text


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"lines": []}, "email"),
        ({"email": "a@b.example", "lines": [{"sku": "A"}]}, "lines.0.quantity"),
        ({"email": "a@b.example", "lines": [{"sku": "A", "quantity": "2"}]}, "lines.0.quantity"),
    ],
)
def test_a_body_that_does_not_fit_names_the_field(client: Client, body: object, field: str) -> None:
    answer = client.post("/api/orders", body, content_type="application/json")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_body_that_is_no_json_is_a_problem(client: Client) -> None:
    answer = client.post("/api/orders", "{", content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_an_address_that_the_api_does_not_have_is_a_problem(client: Client) -> None:
    answer = client.get("/api/nothing")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_wrong_method_lists_the_allowed_ones(client: Client) -> None:
    answer = client.delete("/api/products")
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert answer["Allow"] == "GET"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status"), [(catalog.UnknownProduct("X"), 404), (orders.NotCancellable(), 409)]
)
def test_an_error_in_a_page_is_a_page(
    client: Client, raising: Callable[[Exception], None], error: Exception, status: int
) -> None:
    raising(error)
    answer = client.get("/page")
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/html")


@pytest.mark.django_db
def test_a_wrong_method_on_a_page_shows_a_page(client: Client) -> None:
    answer = client.get("/cart/add/ABC/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "accepts only forms" in answer.text


@pytest.mark.django_db
def test_a_form_for_a_page_that_accepts_none_names_the_method(client: Client) -> None:
    answer = client.post("/cart/")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert "does not accept the method POST" in answer.text


@pytest.mark.parametrize("path", ["/page", "/api/raise"])
def test_the_page_about_a_database_outage_needs_no_database(
    client: Client,
    raising: Callable[[Exception], None],
    caplog: pytest.LogCaptureFixture,
    path: str,
) -> None:
    raising(OperationalError("a secret of ours"))
    answer = client.get(path)
    assert (answer.status_code, answer["Retry-After"].isdigit()) == (503, True)
    assert "try again" in answer.text
    assert "secret" not in answer.text
    (said, *_) = logged_by("orders_site", caplog)
    assert vars(said)["error"] == "a secret of ours"


class Refusing:
    """Stands for a session that cannot be kept."""

    def __init__(self, get_response: object) -> None:
        pass

    def __call__(self, request: HttpRequest) -> HttpResponse:
        raise raised


@pytest.mark.parametrize(("path", "kind"), [("/page", "text/html"), ("/api/raise", "problem")])
@pytest.mark.parametrize("case", [(OperationalError("full"), 503), (RuntimeError("no"), 500)])
def test_an_error_in_a_middleware_gets_the_same_answer(
    raising: Callable[[Exception], None],
    settings: Settings,
    path: str,
    kind: str,
    case: tuple[Exception, int],
) -> None:
    error, status = case
    settings.MIDDLEWARE = [f"{__name__}.Refusing"]
    client = Client(raise_request_exception=False)
    raising(error)
    answer = client.get(path)
    assert answer.status_code == status
    assert kind in answer["Content-Type"]


@pytest.mark.parametrize(
    ("name", "words"),
    [("400", "could not read"), ("500", "went wrong"), ("503", "try again in a moment")],
)
def test_error_pages_query_no_database(name: str, words: str) -> None:
    assert words in render_to_string(f"{name}.html")


@pytest.mark.django_db
def test_a_page_that_does_not_exist_stays_a_page(client: Client) -> None:
    answer = client.get(f"/orders/{uuid4()}/nothing/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")
