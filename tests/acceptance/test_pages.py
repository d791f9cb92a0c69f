"""The shop's pages without any script: from the shelf to a confirmed order."""

import re

from tests.acceptance.addresses import Addresses
from tests.acceptance.browser import Browser
from tests.acceptance.shop import END_WITHIN_SECONDS, Shop
from tests.acceptance.staff import Staff
from tests.support.waiting import eventually


def test_the_order_page_shows_how_an_order_ends(
    addresses: Addresses, shop: Shop, staff: Staff
) -> None:
    sku = staff.put_on_sale(price="3.50")
    visitor = Browser(addresses.url)
    shelf = visitor.get(f"/products/{sku}/")
    cart = visitor.submit(shelf, "quantity", quantity="2")
    assert "7.00" in cart.html
    checkout = visitor.get("/checkout/")
    page = visitor.submit(checkout, "email", email="ada@example.com")
    order = re.search(r"/orders/([0-9a-f-]{36})/$", page.url)
    assert order, page.url
    state = f"/orders/{order[1]}/state/"
    eventually(
        lambda: "Your order is confirmed" in visitor.get(state).html, within=END_WITHIN_SECONDS
    )
    assert shop.stock(sku) == 98


def test_a_customer_is_asked_again_after_a_price_change(addresses: Addresses, staff: Staff) -> None:
    sku = staff.put_on_sale(price="3.50")
    visitor = Browser(addresses.url)
    visitor.submit(visitor.get(f"/products/{sku}/"), "quantity")
    checkout = visitor.get("/checkout/")
    staff.change_price(sku, "4.25")

    def answered_with_the_new_price() -> bool:
        return "4.25" in visitor.get("/checkout/").html

    eventually(answered_with_the_new_price, within=1.0)
    page = visitor.submit(checkout, "email", email="ada@example.com")
    assert page.status == 409
    assert "Place order for £4.25" in page.html
    assert page.form("email").fields["shown"] != checkout.form("email").fields["shown"]


def test_the_home_page_shows_products(addresses: Addresses) -> None:
    assert "Alphabet blocks" in Browser(addresses.url).get("/").html
