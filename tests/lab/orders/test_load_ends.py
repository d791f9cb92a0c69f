"""The end of a load's orders: cancelled, or their pieces delivered again."""

from uuid import UUID, uuid4

import pytest

from apps.catalog.models import Product
from apps.fulfilment.handlers import release_stock, reserve_stock
from apps.lab.orders import load as load_module
from apps.lab.orders.load import Driver
from apps.lab.orders.shopping import Bought
from apps.orders.events import OrderCancelled, OrderPlaced
from apps.orders.models import Order
from tests.catalog.products import make_product
from tests.orders.conftest import FakePrices, prices
from tests.orders.factories import confirm, event_of

__all__ = ["prices"]

pytestmark = pytest.mark.django_db


def stock() -> int:
    return Product.objects.get().stock


def test_an_order_is_cancelled_after_20_seconds(
    prices: FakePrices, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_product()
    driver.work(1)
    driver.work(0)
    assert Order.objects.get().status == "placed"
    confirm(Order.objects.get())
    monkeypatch.setattr(load_module, "KEPT_FOR", 0.0)
    driver.work(0)
    assert Order.objects.get().status == "cancelled"
    assert driver.counts()["cancelled"] == 1


def test_pieces_of_orders_that_are_not_shown_are_delivered_again(
    prices: FakePrices, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_product(stock=50)
    monkeypatch.setattr(load_module, "LOOK_EVERY_SECONDS", 60.0)
    driver.work(10)  # Two in a group.
    for order in Order.objects.all():
        reserve_stock(event_of(OrderPlaced, order))
    assert stock() == 40
    monkeypatch.setattr(load_module, "KEPT_FOR", 0.0)
    driver.work(0)
    for order in Order.objects.filter(status="cancelled"):
        release_stock(event_of(OrderCancelled, order, reason=order.reason))
    assert stock() == 50
    assert Order.objects.filter(status="confirmed").count() == driver.counts()["cancelled"] == 5


def test_an_order_that_has_taken_no_stock_is_cancelled(
    prices: FakePrices, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_product(stock=50)
    monkeypatch.setattr(load_module, "LOOK_EVERY_SECONDS", 60.0)
    driver.work(10)
    monkeypatch.setattr(load_module, "KEPT_FOR", 0.0)
    driver.work(0)
    assert Order.objects.filter(status="cancelled").count() == driver.counts()["cancelled"] == 10
    assert stock() == 50


def test_orders_are_cancelled_between_the_others(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def place(*_: str, is_shown: bool) -> Bought:
        done.append("placed")
        return Bought(trace="", order=uuid4())

    def cancel(_: UUID, *, is_shown: bool) -> str:
        done.append("cancelled")
        return ""

    monkeypatch.setattr(load_module, "in_stock", lambda: ["ABC"])
    monkeypatch.setattr(load_module, "buy", place)
    monkeypatch.setattr(load_module, "give_back", cancel)
    monkeypatch.setattr(load_module, "KEPT_FOR", -1.0)
    monkeypatch.setattr(load_module, "LOOK_EVERY_SECONDS", 60.0)
    driver.work(2)
    assert done == ["placed", "cancelled", "placed", "cancelled"]


def test_an_order_deleted_by_a_reset_is_no_error(
    prices: FakePrices, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_product()
    driver.work(1)
    Order.objects.all().delete()
    monkeypatch.setattr(load_module, "KEPT_FOR", 0.0)
    driver.work(0)
    assert driver.counts()["failed"] == 0
