"""The JSON API, with requests that its OpenAPI document allows, and with forbidden ones."""

from decimal import Decimal
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from hypothesis import given
from hypothesis.strategies import DataObject, data
from pytest_django.fixtures import Settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from apps.catalog.services import add_product
from apps.catalog.staff import issue_token
from apps.messaging.operations import status
from orders_site.api import api
from orders_site.wsgi import application
from tests.catalog.members import member_of_staff
from tests.fuzz.generated_input import quick
from tests.orders.conftest import FakePrices

pytestmark = pytest.mark.django_db

ALLOWED, FORBIDDEN = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
# Any text may be a SKU, and reading the status needs no permission.
ALL_IS_ALLOWED = {"/api/products/{sku}", "/api/status"}
REQUESTS = [
    pytest.param(path, method, mode, id=f"{method} {path} {mode.value}")
    for path, methods in api.get_openapi_schema()["paths"].items()
    for method in methods
    for mode in ([ALLOWED] if path in ALL_IS_ALLOWED else [ALLOWED, FORBIDDEN])
]


@cache
def schema() -> Any:
    return schemathesis.openapi.from_wsgi("/api/openapi.json", application)


@pytest.fixture(autouse=True)
def shop(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.CHECKOUT_RATE = settings.UPLOAD_RATE = "1000000/second"
    monkeypatch.setattr("apps.orders.prices.look_up_prices", FakePrices(ABC="9.99").look_up)
    monkeypatch.setattr(status, "_probes", dict)
    for signal in (request_started, request_finished):
        # A receiver of this signal would close the connection of the test.
        monkeypatch.setattr(signal, "receivers", [])
        monkeypatch.setattr(signal, "sender_receivers_cache", {})
    add_product(sku="ABC", name="Tea", price=Decimal("9.99"), stock=9)


@pytest.fixture
def staff() -> dict[str, str]:
    token = issue_token(member_of_staff("alice", "change_product"))
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(("path", "method", "mode"), REQUESTS)
@quick(20)
@given(data=data())
def test_any_request_is_answered_in_the_documented_form(
    staff: dict[str, str], path: str, method: str, mode: GenerationMode, data: DataObject
) -> None:
    case = data.draw(schema()[path][method].as_strategy(generation_mode=mode))
    answer = case.call(headers=staff)
    case.validate_response(answer, checks=[not_a_server_error, response_schema_conformance])
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == ["application/problem+json"]
