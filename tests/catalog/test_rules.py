"""Rules of a product at every entry point, and a product older than the rules."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pydantic import TypeAdapter
from pydantic import ValidationError as MessageInvalid

from apps.catalog import rules, services
from apps.catalog.errors import ProductInvalid
from apps.catalog.models import Category, Product
from apps.messaging.message import Currency
from tests.catalog.products import make_product

pytestmark = pytest.mark.django_db

NO_SKUS = ["X/Y", "new", "..", "", "A B", "A?B", "A#B", "A%2F", "-A", "É", "ABC\n", "A" * 65]
STORED_BEFORE = ["GB-60/M2", "..", "new", "A B?C#D%2F", "É", "%41"]
NO_CURRENCIES = ["usd", "£", "US", "", "USDX"]
TOO_MUCH = [("stock", rules.STOCK_LIMIT + 1), ("price", "1000000000.00"), ("price", "0.00")]
FORM = {"sku": "TIN", "name": "Tin", "price": "3.00", "stock": 1}
ADMIN_ADD = "/admin/catalog/product/add/"
STAFF_ADD = "/staff/products/new/"


def add_in_the_admin(client: Client, **changes: Any) -> Any:
    form = FORM | {"currency": "GBP", "is_active": "on", "description": ""} | changes
    return client.post(ADMIN_ADD, form)


# A form strips its input, so that a line break at the end never arrives.
@pytest.mark.parametrize("sku", [sku for sku in NO_SKUS if sku == sku.strip()])
def test_every_form_rejects_a_sku_unfit_for_urls(admin_client: Client, sku: str) -> None:
    answer = add_in_the_admin(admin_client, sku=sku)
    assert answer.context["adminform"].form.errors.keys() == {"sku"}
    page = admin_client.post(STAFF_ADD, FORM | {"sku": sku})
    assert page.context["form"].errors.keys() == {"sku"}
    assert not Product.objects.exists()


@pytest.mark.parametrize("sku", NO_SKUS)
def test_every_service_rejects_a_sku_unfit_for_urls(sku: str) -> None:
    with pytest.raises(ProductInvalid, match=f"product {re.escape(repr(sku))}: sku: "):
        make_product(sku)
    assert not Product.objects.exists()


@pytest.mark.parametrize("sku", ["NEW", "85123A", "gift_0001", "a.b-c", "A" * 64, "newt"])
def test_every_entry_point_accepts_an_ordinary_sku(admin_client: Client, sku: str) -> None:
    assert make_product(sku).sku == sku
    Product.objects.all().delete()
    assert add_in_the_admin(admin_client, sku=sku).status_code == 302
    Product.objects.all().delete()
    assert admin_client.post(STAFF_ADD, FORM | {"sku": sku}).status_code == 302


@pytest.mark.parametrize("currency", NO_CURRENCIES)
def test_a_currency_is_three_capital_letters(
    admin_client: Client, settings: Any, currency: str
) -> None:
    answer = add_in_the_admin(admin_client, currency=currency)
    assert answer.context["adminform"].form.errors.keys() == {"currency"}
    settings.CURRENCY = currency
    with pytest.raises(ProductInvalid, match="currency: "):
        make_product("ABC")


@pytest.mark.parametrize("currency", [*NO_CURRENCIES, "GBP\n", "GBP", "XXX"])
def test_a_products_currency_is_valid_in_messages(currency: str) -> None:
    def is_refused_by_the_rule() -> bool:
        try:
            rules.check_currency(currency)
        except ValidationError:
            return True
        return False

    def is_refused_by_a_message() -> bool:
        try:
            TypeAdapter(Currency).validate_python(currency)
        except MessageInvalid:
            return True
        return False

    assert is_refused_by_the_rule() == is_refused_by_a_message()


@pytest.mark.parametrize(("field", "value"), TOO_MUCH)
def test_price_and_stock_have_the_same_limits_at_every_entry_point(
    admin_client: Client, field: str, value: Any
) -> None:
    answer = add_in_the_admin(admin_client, **{field: value})
    assert answer.context["adminform"].form.errors.keys() == {field}
    page = admin_client.post(STAFF_ADD, FORM | {field: value})
    assert page.context["form"].errors.keys() == {field}
    assert not Product.objects.exists()


def test_the_limits_themselves_are_accepted(admin_client: Client) -> None:
    most = {"stock": rules.STOCK_LIMIT, "price": str(rules.PRICE_LIMIT)}
    assert add_in_the_admin(admin_client, sku="A", **most).status_code == 302
    assert admin_client.post(STAFF_ADD, FORM | {"sku": "B"} | most).status_code == 302
    make_product("C", price=str(rules.PRICE_LIMIT), stock=rules.STOCK_LIMIT)
    assert set(Product.objects.values_list("stock", "price")) == {
        (rules.STOCK_LIMIT, rules.PRICE_LIMIT)
    }


def make_stored(sku: str) -> Product:
    """Make a product that every entry point rejects today."""
    shelf = Category.objects.create(slug="gears", name="Gears")
    services.add_product(sku="GOOD-1", name="Good thing", price=Decimal(1), category=shelf)
    return Product.objects.create(
        sku=sku, name="Gearbox", price=Decimal("12.50"), stock=5, category=shelf
    )


@pytest.mark.parametrize("sku", [*STORED_BEFORE, ""])
def test_a_product_older_than_the_rule_breaks_no_page(admin_client: Client, sku: str) -> None:
    stored = make_stored(sku)
    pages = ["/", "/search", "/search?q=gearbox", "/category/gears/", "/products/GOOD-1/"]
    pages += ["/staff/products/", "/admin/catalog/product/", "/api/products"]
    pages += [reverse("admin:catalog_product_change", args=[stored.pk])]
    answers = {page: admin_client.get(page) for page in pages}
    assert {page: answer.status_code for page, answer in answers.items()} == dict.fromkeys(
        pages, 200
    )
    assert "Gearbox" in answers["/search?q=gearbox"].text
    assert "Gearbox" in answers["/staff/products/"].text


@pytest.mark.parametrize("sku", STORED_BEFORE)
def test_a_product_older_than_the_rule_can_be_bought(admin_client: Client, sku: str) -> None:
    stored = make_stored(sku)
    for name in ("catalog:product", "catalog:product_picture", "catalog:staff_product"):
        page = admin_client.get(reverse(name, args=[stored.sku]), follow=True)
        assert (page.status_code, page.context["product"]) == (200, stored)
    found = admin_client.get(reverse("api:show_product", args=[stored.sku])).json()
    assert (found["sku"], found["name"]) == (stored.sku, "Gearbox")
    added = admin_client.post(reverse("orders:add_to_cart", args=[stored.sku]), {"quantity": 2})
    assert added["Location"] == "/cart/"
    assert "Gearbox" in admin_client.get("/cart/").text
    admin_client.post(reverse("orders:change_cart", args=[stored.sku]), {"quantity": 0})
    assert "Your cart is empty" in admin_client.get("/cart/").text
