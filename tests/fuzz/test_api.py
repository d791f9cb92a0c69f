"""The JSON API, sent whatever its own OpenAPI document allows, and what it does not."""

import os
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import DataObject, data
from pytest_django.fixtures import Settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from apps.catalog.services import add_product
from apps.messaging import status
from apps.orders import checkout
from orders_site.api import api
from orders_site.wsgi import application
from tests.orders.conftest import StandInPrices

pytestmark = pytest.mark.django_db

OPERATIONS = [
    (path, method)
    for path, methods in api.get_openapi_schema()["paths"].items()
    for method in methods
]


@cache
def schema() -> Any:
    return schemathesis.openapi.from_wsgi("/api/openapi.json", application)


@pytest.fixture(autouse=True)
def shop(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.CHECKOUT_RATE = settings.UPLOAD_RATE = "100000/second"
    monkeypatch.setattr(checkout, "look_up_prices", StandInPrices(ABC="9.99").look_up)
    monkeypatch.setattr(status, "_unless_away", lambda ask: {})
    for signal in (request_started, request_finished):
        monkeypatch.setattr(signal, "receivers", [])  # one of them would close the connection
        monkeypatch.setattr(signal, "sender_receivers_cache", {})
    add_product(sku="ABC", name="Tea", price=Decimal("9.99"), stock=9)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
@settings(
    max_examples=int(os.environ.get("FUZZ", "25")),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=data())
def test_whatever_is_sent_is_answered_in_the_documented_shape(
    path: str, method: str, mode: GenerationMode, data: DataObject
) -> None:
    case = data.draw(schema()[path][method].as_strategy(generation_mode=mode))
    answer = case.call()
    case.validate_response(answer, checks=[not_a_server_error, response_schema_conformance])
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == ["application/problem+json"]
