"""Changes by staff in the admin."""

import re
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from apps.catalog import services
from apps.catalog.events import PriceChanged
from apps.catalog.models import Category, Product
from apps.catalog.services import add_category, change_price, take_stock
from apps.messaging.pubsub.broadcast import listening
from apps.messaging.pubsub.core_message import CoreMessage
from tests.catalog.products import make_product
from tests.support.locks import waits_for_a_lock
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db


def submit(client: Client, product: Product, **changes: Any) -> Any:
    fields = {"name": product.name, "price": product.price, "stock": product.stock}
    form = fields | {"is_active": "on", "category": "", "description": ""} | changes
    return client.post(reverse("admin:catalog_product_change", args=[product.pk]), form)


def test_a_price_changed_in_the_admin_has_a_new_version(admin_client: Client) -> None:
    product = make_product("ABC", price="9.99")
    assert submit(admin_client, product, price="8.50").status_code == 302
    product.refresh_from_db()
    assert (product.price, product.price_version) == (Decimal("8.50"), 2)


def test_an_admin_form_does_not_reset_unedited_stock(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = make_product("ABC", stock=10)
    save = Product.save

    def taken_meanwhile(self: Product, *args: Any, **options: Any) -> None:
        monkeypatch.setattr(Product, "save", save)
        take_stock([("ABC", 4)])
        save(self, *args, **options)

    monkeypatch.setattr(Product, "save", taken_meanwhile)
    submit(admin_client, product, name="New name")
    product.refresh_from_db()
    assert (product.name, product.stock) == ("New name", 6)


def test_an_admin_form_does_not_overwrite_stock_taken_by_orders(admin_client: Client) -> None:
    product = make_product("ABC", stock=10)
    submit(admin_client, product, stock=99)
    product.refresh_from_db()
    assert product.stock == 10


def test_a_new_product_can_be_added(admin_client: Client) -> None:
    form = {"sku": "NEW", "name": "New", "price": "3.00", "currency": "GBP", "stock": 1}
    admin_client.post(reverse("admin:catalog_product_add"), form | {"is_active": "on"})
    assert Product.objects.get().sku == "NEW"


@pytest.mark.parametrize("search", ["éclair", "ÉCLAIR", "X1", "x"])
def test_a_search_finds_names_in_any_case_and_partial_skus(
    admin_client: Client, search: str
) -> None:
    product = make_product("X1", name="Éclair")
    make_product("A", name="Mug")
    page = admin_client.get(reverse("admin:catalog_product_changelist"), {"q": search})
    assert list(page.context["cl"].queryset) == [product]


@pytest.mark.usefixtures("connected")
@pytest.mark.django_db(transaction=True)
def test_the_price_of_a_new_product_is_broadcast(
    admin_client: Client, nats_server: NatsServer
) -> None:
    received: list[CoreMessage] = []
    form = {"sku": "NEW", "name": "New", "price": "3.00", "currency": "GBP", "stock": 1}
    with running(listening(PriceChanged.subject, received.append)):
        admin_client.post(reverse("admin:catalog_product_add"), form | {"is_active": "on"})
        eventually(lambda: received)
    assert received[0].body == b'{"sku":"NEW","price":3.0,"currency":"GBP","version":1}'


@pytest.mark.usefixtures("connected")
@pytest.mark.django_db(transaction=True)
def test_a_product_on_sale_again_has_its_price_broadcast(
    admin_client: Client, nats_server: NatsServer
) -> None:
    received: list[CoreMessage] = []
    # Not by the service, which announces it.
    product = Product.objects.create(sku="ABC", name="Mug", price=Decimal("9.99"), is_active=False)
    with running(listening(PriceChanged.subject, received.append)):
        assert submit(admin_client, product).status_code == 302
        eventually(lambda: received)
    assert received[0].body == b'{"sku":"ABC","price":9.99,"currency":"GBP","version":1}'


@pytest.mark.usefixtures("connected")
@pytest.mark.django_db(transaction=True)
def test_a_corrected_currency_is_broadcast_as_a_newer_price(
    admin_client: Client, nats_server: NatsServer
) -> None:
    received: list[CoreMessage] = []
    # Not by the service, which announces it.
    product = Product.objects.create(sku="ABC", name="Mug", price=Decimal("9.99"), currency="gbp")
    with running(listening(PriceChanged.subject, received.append)):
        assert submit(admin_client, product, currency="GBP").status_code == 302
        eventually(lambda: received)
    assert received[0].body == b'{"sku":"ABC","price":9.99,"currency":"GBP","version":2}'


def test_an_old_form_that_puts_a_product_on_sale_announces_its_present_price(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced: list[Product] = []
    product = make_product("ABC", price="9.99")
    change_price(sku="ABC", price=Decimal("12.00"))
    Product.objects.update(is_active=False)
    monkeypatch.setattr(services, "announce_price", announced.append)
    submit(admin_client, product, **{"initial-price": "9.99", "initial-is_active": "False"})
    assert [(each.price, each.price_version) for each in announced] == [(Decimal("12.00"), 2)]


def test_an_old_product_form_reverts_no_other_change(
    admin_client: Client,
) -> None:
    product = make_product("ABC", name="Mug")
    url = reverse("admin:catalog_product_change", args=[product.pk])
    page = admin_client.get(url).content.decode()
    shown = dict(re.findall(r'name="(initial-\w+)" value="([^"]*)"', page))
    Product.objects.update(name="Stoneware mug", is_active=False, price=Decimal("12.00"))

    edited = {"name": "Mug", "description": "Blue.", "price": str(product.price)}
    admin_client.post(url, shown | edited | {"is_active": "on"})

    product.refresh_from_db()
    assert (product.name, product.description) == ("Stoneware mug", "Blue.")
    assert product.price == Decimal("12.00")
    assert not product.is_active


def test_an_old_product_form_does_not_overwrite_a_newer_price(admin_client: Client) -> None:
    product = make_product("ABC", price="9.99")
    url = reverse("admin:catalog_product_change", args=[product.pk])
    shown = dict(re.findall(r'name="(initial-\w+)" value="([^"]*)"', admin_client.get(url).text))
    change_price(sku="ABC", price=Decimal("12.00"))
    fields = {"name": product.name, "description": "", "is_active": "on", "price": "9.49"}
    page = admin_client.post(url, shown | fields).text
    assert "it is 12.00 now" in page
    assert Product.objects.get().price == Decimal("12.00")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one lock for all rows")
def test_of_two_new_prices_at_once_the_second_meets_the_first(admin_client: Client) -> None:
    product = make_product("ABC", price="9.99")
    url = reverse("admin:catalog_product_change", args=[product.pk])
    shown = dict(re.findall(r'name="(initial-\w+)" value="([^"]*)"', admin_client.get(url).text))
    fields = {"name": product.name, "description": "", "is_active": "on", "price": "9.49"}

    def second() -> str:
        try:
            return admin_client.post(url, shown | fields).text
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            change_price(sku="ABC", price=Decimal("12.00"))
            answer = threads.submit(second)
            eventually(lambda: waits_for_a_lock() or answer.done())
        assert "it is 12.00 now" in answer.result()
    assert Product.objects.get().price == Decimal("12.00")


def test_an_old_category_form_reverts_no_other_change(admin_client: Client) -> None:
    category = add_category(slug="tea", name="Tea")
    url = reverse("admin:catalog_category_change", args=[category.pk])
    page = admin_client.get(url).text
    shown = dict(re.findall(r'name="(initial-\w+)" value="([^"]*)"', page))
    Category.objects.update(name="Fine tea")

    admin_client.post(url, shown | {"name": "Tea", "slug": "tea", "position": "7"})

    category.refresh_from_db()
    assert (category.name, category.position) == ("Fine tea", 7)


def test_only_a_currency_that_breaks_the_rule_can_be_corrected(admin_client: Client) -> None:
    product = make_product()
    submit(admin_client, product, currency="USD")
    assert Product.objects.get().currency == "GBP"

    Product.objects.update(currency="usd")
    submit(admin_client, product, currency="USD")
    assert Product.objects.get().currency == "USD"
