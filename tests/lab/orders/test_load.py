"""The load: real orders, at a rate."""

import fcntl
import time
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import DatabaseError
from pytest_django.fixtures import Settings

from apps.lab import queries
from apps.lab.orders import load as load_module
from apps.lab.orders import shopping
from apps.lab.orders.load import Driver
from apps.lab.orders.shopping import Bought
from apps.messaging.errors import NoResponder
from apps.orders.models import Order
from tests.catalog.products import make_product
from tests.orders.conftest import FakePrices, prices

__all__ = ["prices"]

pytestmark = pytest.mark.django_db


def test_orders_are_placed_evenly_over_a_second(
    prices: FakePrices, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_product()
    began = time.monotonic()
    monkeypatch.setattr(load_module, "LOOK_EVERY_SECONDS", 60.0)  # However slow this machine is.
    driver.work(4)
    assert Order.objects.count() == driver.counts()["placed"] == 4
    assert time.monotonic() - began > 0.7


def test_a_slow_shop_gets_fewer_orders(
    prices: FakePrices, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_product()
    monkeypatch.setattr(load_module, "LOOK_EVERY_SECONDS", 0.0)
    driver.work(10)
    assert Order.objects.count() == 0


def test_a_slow_shop_says_what_it_holds(
    prices: FakePrices, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_product()
    monkeypatch.setattr(load_module, "LOOK_EVERY_SECONDS", 60.0)
    driver.work(4)
    assert driver.counts()["holds"] is None
    monkeypatch.setattr(load_module, "LOOK_EVERY_SECONDS", 0.0)
    driver.work(4)
    assert driver.counts()["holds"] == 2
    driver.work(0)
    assert driver.counts()["holds"] is None


class Clock:
    """In the place of the module `time`: work takes as long as it says."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(load_module, "time", clock)
    monkeypatch.setattr(queries, "load_rate", lambda: 50)
    return clock


@pytest.mark.parametrize(("an_order_takes", "placed"), [(0.018, 500), (0.04, 250)])
def test_what_comes_beside_the_orders_of_a_second_takes_nothing_off_the_rate(
    driver: Driver,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    an_order_takes: float,
    placed: int,
) -> None:
    def look() -> list[str]:
        clock.sleep(0.03)
        return ["ABC"]

    def place(*_: str, is_shown: bool) -> Bought:
        clock.sleep(an_order_takes)
        return Bought(trace="", order=uuid4())

    monkeypatch.setattr(load_module, "in_stock", look)
    monkeypatch.setattr(load_module, "buy", place)
    began = 100.0
    for _ in range(10):
        began = driver.turn(began)
    assert began == pytest.approx(110.0)
    assert driver.counts()["placed"] == pytest.approx(placed, abs=10)


def test_seconds_that_are_missed_are_not_made_up(
    driver: Driver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_module, "in_stock", lambda: clock.sleep(5.0))
    assert driver.turn(100.0) == 105.0


def test_of_a_high_rate_the_lab_shows_a_few_orders_a_second(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[bool] = []

    def place(*_: str, is_shown: bool) -> Bought:
        shown.append(is_shown)
        return Bought(trace="", order=uuid4())

    monkeypatch.setattr(load_module, "in_stock", lambda: ["ABC"])
    monkeypatch.setattr(load_module, "buy", place)
    monkeypatch.setattr(load_module, "LOOK_EVERY_SECONDS", 60.0)
    driver.work(50)
    assert (len(shown), sum(shown)) == (50, 5)
    shown.clear()
    driver.work(5)
    assert shown == [True] * 5


def test_without_a_rate_nothing_is_placed(prices: FakePrices, driver: Driver) -> None:
    make_product()
    driver.work(0)
    assert not Order.objects.exists()


def test_only_products_in_stock_are_ordered(prices: FakePrices, driver: Driver) -> None:
    make_product(stock=0)
    make_product("XYZ")
    driver.work(1)
    lines = [line.sku for order in Order.objects.all() for line in order.lines.all()]
    assert lines == ["XYZ"]


def test_an_order_has_one_currency(settings: Settings) -> None:
    for sku, currency in (("A", "GBP"), ("B", "USD"), ("C", "GBP")):
        settings.CURRENCY = currency
        make_product(sku)
    assert shopping.in_stock() == ["A", "C"]


def test_an_empty_shop_is_reported(driver: Driver) -> None:
    driver.work(3)
    assert driver.counts() == {
        "placed": 0,
        "failed": 1,
        "cancelled": 0,
        "error": "nothing is in stock",
        "holds": None,
    }


@pytest.mark.parametrize("error", [NoResponder(), DatabaseError("the database is locked")])
def test_an_order_that_fails_is_counted(
    driver: Driver, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(**_: object) -> None:
        raise error

    make_product()
    monkeypatch.setattr(shopping, "check_out", fail)
    driver.work(1)
    result = driver.counts()
    assert (result["placed"], result["failed"]) == (0, 1)
    assert type(error).__name__ in result["error"]


def test_only_one_process_places_orders(prices: FakePrices, driver: Driver, tmp_path: Path) -> None:
    make_product()
    with (tmp_path / "load.lock").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        driver.work(1)
        assert not Order.objects.exists()
    driver.work(1)
    assert Order.objects.count() == 1
