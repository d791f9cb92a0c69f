"""The storefront's pages of buying: the cart and the order."""

import pytest
from django.test import Client

from apps.catalog.models import Product
from apps.orders.cart import Cart
from apps.orders.lines import MAX_LINES
from tests.orders.shopping import content, end, make_order, make_product, put_into_cart, visit

pytestmark = pytest.mark.django_db


def test_an_added_product_is_in_the_cart_with_its_total(client: Client) -> None:
    make_product()

    page = content(client.post("/cart/add/ABC/", {"quantity": 2}, follow=True))

    assert "Mug is in your cart." in page
    assert "£19.98" in page


@pytest.mark.parametrize("quantity", ["", "many", "0", "-1", "10001"])
def test_an_invalid_quantity_changes_nothing_and_is_explained(
    client: Client, quantity: str
) -> None:
    make_product()

    page = content(client.post("/cart/add/ABC/", {"quantity": quantity}, follow=True))

    assert "A quantity is a number up to 10,000." in page
    assert Cart(client.session).count == 0


def test_a_product_not_for_sale_cannot_be_added(client: Client) -> None:
    assert client.post("/cart/add/NOPE/", {"quantity": 1}).status_code == 404


def test_a_quantity_can_be_changed_in_the_cart(client: Client) -> None:
    put_into_cart(client)

    page = content(client.post("/cart/change/ABC/", {"quantity": 3}, follow=True))

    assert "£29.97" in page


def test_a_full_cart_shows_a_message(client: Client) -> None:
    make_product()
    session = client.session
    for number in range(MAX_LINES):
        Cart(session).add(f"P{number}", 1)
    session.save()

    page = content(client.post("/cart/add/ABC/", {"quantity": 1}, follow=True))

    assert "A cart holds at most 100 different products." in page


def test_a_product_can_be_removed_from_the_cart(client: Client) -> None:
    put_into_cart(client)

    page = content(client.post("/cart/change/ABC/", {"quantity": 0}, follow=True))

    assert "Your cart is empty" in page


def test_the_cart_warns_of_quantities_above_the_stock(client: Client) -> None:
    put_into_cart(client, quantity=10)

    assert "Only 9 left" in content(client.get("/cart/"))


def test_a_product_withdrawn_from_sale_leaves_the_cart_with_a_message(client: Client) -> None:
    put_into_cart(client)
    Product.objects.update(is_active=False)

    page = content(client.get("/cart/"))

    assert "no longer for sale" in page
    assert "Your cart is empty" in page


def test_a_form_without_a_csrf_token_is_rejected_in_plain_words() -> None:
    make_product()

    response = Client(enforce_csrf_checks=True).post("/cart/add/ABC/", {"quantity": 1})

    assert response.status_code == 403
    assert "This form has expired" in content(response)


def test_an_unknown_orders_page_is_not_found(client: Client) -> None:
    response = client.get("/orders/00000000-0000-4000-8000-000000000000/")

    assert response.status_code == 404


def test_a_customer_cancels_an_order(client: Client) -> None:
    order = make_order()
    assert "Cancel this order" in visit(client, order)

    page = content(client.post(f"/orders/{order.id}/cancel/", follow=True))

    assert "Your order is cancelled" in page
    assert "Cancel this order" not in page


def test_an_order_id_alone_shows_no_address_and_cannot_cancel(client: Client) -> None:
    order = make_order()

    page = content(client.get(f"/orders/{order.id}/"))
    state = content(client.get(f"/orders/{order.id}/state/?token=guessed"))
    response = client.post(f"/orders/{order.id}/cancel/")

    assert order.email not in page + state
    assert order.token not in page + state
    assert "Cancel this order" not in page + state
    assert response.status_code == 403
    order.refresh_from_db()
    assert order.status == "placed"


def test_access_by_the_mail_link_is_kept_in_the_session(client: Client) -> None:
    order = make_order()

    assert order.email in visit(client, order)
    assert order.email in content(client.get(f"/orders/{order.id}/"))
    assert order.email not in content(client.get(f"/orders/{make_order().id}/"))


def test_a_rejected_order_cannot_be_cancelled(client: Client) -> None:
    order = make_order()
    end(order, "rejected")
    visit(client, order)

    response = client.post(f"/orders/{order.id}/cancel/")

    assert response.status_code == 409
    assert "A rejected order cannot be cancelled." in content(response)


def test_no_page_violates_the_content_security_policy(client: Client) -> None:
    put_into_cart(client)
    order = make_order()

    for path in ("/", "/products/ABC/", "/search", "/cart/", f"/orders/{order.id}/"):
        page = content(client.get(path))
        assert "<script>" not in page
        assert "<style" not in page
        assert " style=" not in page
        assert "//" not in page.replace("http://www.w3.org/", "")
