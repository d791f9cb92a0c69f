"""The checkout with real prices: request-reply over a real nats-server, a real responder."""

from decimal import Decimal

import pytest

from apps.catalog.services import change_price
from apps.messaging.errors import NoResponder
from apps.messaging.request_reply.responder import answering
from apps.orders.checkout import check_out
from apps.orders.errors import UnknownLine
from apps.orders.lines import RequestedLine
from apps.orders.models import Order
from apps.pricing.responders import pricing_service
from tests.catalog.products import make_product
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nats_server")]


def buy(*skus: str) -> Order:
    lines = [RequestedLine(sku=sku, quantity=1) for sku in skus]
    return check_out(email="alice@example.com", lines=lines).order


def test_a_cart_is_charged_the_responders_price() -> None:
    make_product("ABC", price="9.99")
    make_product("XYZ", price="0.50")
    with running(answering(pricing_service())):
        assert buy("XYZ", "ABC").total == Decimal("10.49")


def test_an_unknown_product_places_nothing() -> None:
    make_product("ABC")
    with running(answering(pricing_service())), pytest.raises(UnknownLine) as caught:
        buy("ABC", "NOPE")
    assert caught.value.field == "lines.1.sku"
    assert not Order.objects.exists()


def test_without_a_responder_nothing_is_placed() -> None:
    make_product("ABC")
    with pytest.raises(NoResponder):
        buy("ABC")
    assert not Order.objects.exists()


@pytest.mark.usefixtures("connected")
def test_a_new_price_is_charged_at_once() -> None:
    make_product("ABC", price="9.99")
    with running(answering(pricing_service())):
        change_price(sku="ABC", price=Decimal("11.00"))
        eventually(lambda: buy("ABC").total == Decimal("11.00"), within=1)
