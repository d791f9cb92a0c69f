"""A product whose stored terms break a rule: no checkout waits for a price that cannot come."""

from decimal import Decimal

import pytest
from django.test import Client

from apps.catalog.models import Product
from apps.orders.cart import Cart
from apps.orders.models import Order
from apps.pricing.client import NotSaleable, look_up_prices
from tests.orders.shopping import content, make_order, make_product, put_into_cart

pytestmark = pytest.mark.django_db

# A database older than the rule may hold these; each asker then rejects every answer.
BROKEN = [
    ({"currency": "usd"}, "its currency 'usd' is not three capital letters"),
    ({"currency": "US"}, "its currency 'US' is not three capital letters"),
    ({"price": Decimal(10**9)}, "its price 1000000000.00 is not between 0.01 and 999999999.99"),
]


@pytest.fixture(params=BROKEN, ids=lambda broken: broken[1])
def reason(request: pytest.FixtureRequest, client: Client) -> str:
    """A visitor's cart has a mug whose terms break a rule now, and a good spoon."""
    put_into_cart(client)
    make_product("SPOON", name="Spoon")
    Cart(client.session).add("SPOON", 1)
    terms, reason = request.param
    Product.objects.filter(sku="ABC").update(**terms)
    return str(reason)


def test_the_asker_says_why_before_it_asks(reason: str) -> None:
    with pytest.raises(NotSaleable, match=f"'ABC' cannot be sold: {reason}") as caught:
        look_up_prices(["SPOON", "ABC"])
    assert caught.value.sku == "ABC"


def test_the_api_names_the_line(client: Client, reason: str) -> None:
    lines = [{"sku": "SPOON", "quantity": 1}, {"sku": "ABC", "quantity": 1}]
    answer = client.post(
        "/api/orders", {"email": "jo@example.com", "lines": lines}, content_type="application/json"
    )
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"field": "lines.1.sku", "message": f"'ABC' cannot be sold: {reason}"}
    ]
    assert not Order.objects.exists()


@pytest.mark.usefixtures("reason")
def test_the_cart_says_which_product_it_is(client: Client) -> None:
    page = content(client.get("/cart/"))
    assert page.count("Not for sale until the shop has corrected its price") == 1
    assert 'href="/checkout/"' not in page


@pytest.mark.usefixtures("reason")
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_checkout_leads_to_the_cart(client: Client, method: str) -> None:
    form = {"email": "jo@example.com", "shown": "0"}
    assert getattr(client, method)("/checkout/", form).headers["Location"] == "/cart/"
    assert not Order.objects.exists()


@pytest.mark.usefixtures("reason")
def test_the_rest_can_be_ordered(client: Client) -> None:
    client.post("/cart/change/ABC/", {"quantity": 0})
    assert 'href="/checkout/"' in content(client.get("/cart/"))


@pytest.mark.usefixtures("reason")
def test_a_form_that_is_sent_again_leads_to_its_order(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = make_order()
    monkeypatch.setattr(Cart, "order_of", lambda _, key: placed if key == "k" else None)
    form = {"email": placed.email, "shown": "0", "key": "k"}
    assert str(placed.id) in client.post("/checkout/", form).headers["Location"]
