"""Prices that change, stock that is taken and given back."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.catalog import services
from apps.catalog.errors import OutOfStock, PriceInvalid, SkuTaken, StockTooLarge, UnknownProduct
from apps.catalog.events import PriceChanged
from apps.catalog.models import Product
from apps.catalog.rules import STOCK_LIMIT
from apps.messaging.pubsub.broadcast import listening
from apps.messaging.pubsub.core_message import CoreMessage
from tests.catalog.products import make_product
from tests.support.locks import waits_for_a_lock
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db


def stock_of(sku: str) -> int:
    return Product.objects.get(sku=sku).stock


def test_a_new_price_has_a_new_version() -> None:
    make_product("ABC", price="9.99")
    services.change_price(sku="ABC", price=Decimal("8.50"))
    product = Product.objects.get(sku="ABC")
    assert (product.price, product.price_version) == (Decimal("8.50"), 2)


def test_a_new_price_of_an_unsaleable_product_is_not_broadcast(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """The event's own rule rejects the currency, and the staff's form answered 500."""
    make_product("ABC", price="9.99")
    Product.objects.update(currency="usd")
    with django_capture_on_commit_callbacks() as announced:
        services.change_price(sku="ABC", price=Decimal("8.50"))
    assert Product.objects.get().price == Decimal("8.50")
    assert announced == []


def test_an_unchanged_price_keeps_its_version() -> None:
    make_product("ABC", price="9.99")
    assert services.change_price(sku="ABC", price=Decimal("9.990")).price_version == 1


@pytest.mark.usefixtures("connected")
@pytest.mark.django_db(transaction=True)
def test_a_changed_price_is_broadcast(nats_server: NatsServer) -> None:
    make_product("ABC", price="9.99")
    received: list[CoreMessage] = []
    with running(listening(PriceChanged.subject, received.append)):
        services.change_price(sku="ABC", price=Decimal("8.50"))
        # The product's own first price may come before.
        eventually(lambda: any(b"8.5" in each.body for each in received))
    assert received[-1].body == b'{"sku":"ABC","price":8.5,"currency":"GBP","version":2}'


@pytest.mark.parametrize("price", ["0", "-1", "0.001", "NaN", "Infinity", "1000000000"])
def test_an_invalid_price_is_rejected(price: str) -> None:
    make_product("ABC")
    with pytest.raises(PriceInvalid):
        services.change_price(sku="ABC", price=Decimal(price))


def test_changing_the_price_of_an_unknown_product_fails() -> None:
    with pytest.raises(UnknownProduct):
        services.change_price(sku="NONE", price=Decimal(1))


def test_a_sku_is_unique() -> None:
    make_product("ABC", name="The first")
    with pytest.raises(SkuTaken):
        make_product("ABC", name="The second")
    assert Product.objects.get().name == "The first"


@pytest.mark.parametrize(("by", "left"), [(5, 15), (-4, 6), (0, 10)])
def test_stock_is_changed_by_a_difference(by: int, left: int) -> None:
    make_product("ABC", stock=10)
    services.change_terms(sku="ABC", stock_by=by)
    assert stock_of("ABC") == left


def test_price_and_stock_change_together_or_not_at_all() -> None:
    make_product("ABC", price="9.99", stock=2)
    with pytest.raises(OutOfStock):
        services.change_terms(sku="ABC", price=Decimal(5), stock_by=-3)
    assert Product.objects.get().price == Decimal("9.99")


def test_stock_is_taken_for_every_line() -> None:
    make_product("A", stock=5)
    make_product("B", stock=5)
    services.take_stock([("B", 2), ("A", 5)])
    assert (stock_of("A"), stock_of("B")) == (0, 3)


def test_one_short_line_takes_no_stock_at_all() -> None:
    make_product("A", stock=5)
    make_product("B", stock=1)
    with pytest.raises(OutOfStock) as shortage:
        services.take_stock([("A", 1), ("B", 2)])
    assert shortage.value.sku == "B"
    assert (stock_of("A"), stock_of("B")) == (5, 1)


def test_a_deleted_product_is_out_of_stock() -> None:
    with pytest.raises(OutOfStock):
        services.take_stock([("GONE", 1)])


def test_returned_stock_can_be_taken_again() -> None:
    make_product("A", stock=2)
    services.take_stock([("A", 2)])
    services.return_stock([("A", 2)])
    services.take_stock([("A", 2)])
    assert stock_of("A") == 0


def test_the_database_rejects_negative_stock() -> None:
    make_product("A", stock=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.filter(sku="A").update(stock=-1)


def test_a_category_is_created_once_and_comes_last() -> None:
    first = services.add_category(slug="tea", name="Tea")
    second = services.add_category(slug="desk", name="Desk")
    assert services.add_category(slug="tea", name="Tea again") == first
    assert second.position > first.position


def test_a_stock_is_never_above_its_limit() -> None:
    make_product("ABC", stock=STOCK_LIMIT - 1)
    with pytest.raises(StockTooLarge, match="ABC would be above 1,000,000,000 pieces"):
        services.change_terms(sku="ABC", stock_by=2)
    assert stock_of("ABC") == STOCK_LIMIT - 1
    services.return_stock([("ABC", 5)])
    assert stock_of("ABC") == STOCK_LIMIT


def test_a_stock_above_the_limit_stays_as_it_is() -> None:
    make_product("ABC")
    Product.objects.update(stock=2 * STOCK_LIMIT)
    services.return_stock([("ABC", 1)])
    assert stock_of("ABC") == 2 * STOCK_LIMIT


@pytest.fixture
def skus_in_english_order(transactional_db: None) -> Iterator[None]:
    """Let PostgreSQL sort SKUs as in a dictionary, as a server of the image `postgres` does."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one lock for all rows")
    column = "ALTER TABLE catalog_product ALTER COLUMN sku TYPE varchar(64) COLLATE"
    with connection.cursor() as cursor:
        cursor.execute(f'{column} "en-x-icu"')
    yield
    with connection.cursor() as cursor:
        cursor.execute(f'{column} "default"')


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("skus_in_english_order")
@pytest.mark.parametrize("change", [services.take_stock, services.return_stock])
def test_stock_is_taken_and_returned_in_one_order(
    change: Callable[[list[services.StockLine]], None],
) -> None:
    """A cancellation and an order with the same two products must not deadlock."""
    make_product("a", stock=5)
    make_product("B", stock=5)

    def begin() -> None:
        try:
            change([("a", 1), ("B", 1)])
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            Product.objects.select_for_update().get(sku="a")
            other = threads.submit(begin)
            eventually(lambda: waits_for_a_lock() or other.done())
            Product.objects.select_for_update(nowait=True).get(sku="B")
        other.result()
