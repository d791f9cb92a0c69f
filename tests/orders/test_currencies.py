"""A shop with products in two currencies: amounts of both are never added up."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from apps.catalog.models import Product
from apps.orders.cart import Cart
from apps.orders.models import Order
from apps.pricing.client import Price
from tests.orders.shopping import content, make_product, put_into_cart

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_currencies(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mug in pounds, and one in dollars; the responders answer with the catalogue's prices."""
    Product.objects.create(
        sku="USD-1", name="Dollar mug", price=Decimal(10), stock=9, currency="USD"
    )

    def prices(skus: Sequence[str]) -> dict[str, Price]:
        found = Product.objects.filter(sku__in=skus)
        return {each.sku: Price(price=each.price, currency=each.currency) for each in found}

    monkeypatch.setattr("apps.orders.prices.look_up_prices", prices)


@pytest.fixture
def mixed_cart(client: Client) -> Client:
    """A cart older than its product's change of currency, with two pieces at 9.99."""
    put_into_cart(client)
    Cart(client.session).add("USD-1", 1)
    return client


def prices_on(page: str) -> list[str]:
    return re.findall(r"[£$€][\d.,]+", page)


def test_a_product_in_another_currency_is_rejected_with_a_message(client: Client) -> None:
    put_into_cart(client)

    page = content(client.post("/cart/add/USD-1/", {"quantity": 1}, follow=True))

    assert "Dollar mug has a price in USD, and your cart has prices in GBP." in page
    assert Cart(client.session).count == 2


def test_a_product_is_ordered_alone_in_its_own_currency(client: Client) -> None:
    client.post("/cart/add/USD-1/", {"quantity": 2})

    assert set(prices_on(content(client.get("/cart/")))) == {"$10.00", "$20.00"}
    assert "Place order for $20.00" in content(client.get("/checkout/"))
    shown = client.get("/checkout/").context["quote"].fingerprint
    form = {"email": "jo@example.com", "shown": shown, "key": "k"}
    assert client.post("/checkout/", form).status_code == 302
    assert Order.objects.get().currency == "USD"


def test_a_cart_with_two_currencies_offers_no_checkout(mixed_cart: Client) -> None:
    page = content(mixed_cart.get("/cart/"))

    assert "prices in GBP and USD" in page
    assert set(prices_on(page)) == {"£9.99", "£19.98", "$10.00"}
    assert 'href="/checkout/"' not in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_cart_with_two_currencies_cannot_be_checked_out(mixed_cart: Client, method: str) -> None:
    form = {"email": "jo@example.com", "shown": "0"}
    answer = getattr(mixed_cart, method)("/checkout/", form)

    assert answer.headers["Location"] == "/cart/"
    assert not Order.objects.exists()


def test_a_cart_reduced_to_one_currency_can_be_ordered(mixed_cart: Client) -> None:
    mixed_cart.post("/cart/change/USD-1/", {"quantity": 0})

    assert 'href="/checkout/"' in content(mixed_cart.get("/cart/"))
    assert "Place order for £19.98" in content(mixed_cart.get("/checkout/"))


def test_the_api_rejects_two_currencies_and_names_them(client: Client) -> None:
    make_product()
    lines = [{"sku": "ABC", "quantity": 1}, {"sku": "USD-1", "quantity": 1}]
    order = {"email": "jo@example.com", "lines": lines}

    answer = client.post("/api/orders", order, content_type="application/json")

    assert answer.status_code == 422
    assert "an order has one currency, and these lines are in GBP and USD" in content(answer)


def test_two_currencies_from_responders_make_no_quote(
    mixed_cart: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The catalogue has pounds now; a responder has not read it yet.
    Product.objects.update(currency="GBP")

    def prices(skus: Sequence[str]) -> dict[str, Any]:
        return {
            sku: Price(price=Decimal(10), currency=currency)
            for sku, currency in zip(skus, ("GBP", "USD"), strict=True)
        }

    monkeypatch.setattr("apps.orders.prices.look_up_prices", prices)

    page = mixed_cart.get("/checkout/")

    assert page.status_code == 503
    assert "We cannot confirm the prices now." in content(page)


def test_the_staff_form_names_the_products_currency(admin_client: Client) -> None:
    assert "Price in USD" in content(admin_client.get("/staff/products/USD-1/"))
