"""The cart in the visitor's session."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.contrib.sessions.backends.base import SessionBase

from apps.catalog.models import Product
from apps.orders.cart import Cart
from apps.orders.lines import MAX_LINES, MAX_QUANTITY


def make_product(sku: str, *, stock: int = 9, price: str = "9.99") -> Product:
    return Product.objects.create(sku=sku, name=sku.title(), price=Decimal(price), stock=stock)


def test_all_pieces_in_the_cart_are_counted() -> None:
    cart = Cart(SessionBase())
    cart.add("ABC", 2)
    cart.add("DEF", 3)

    assert cart.count == 5


def test_more_of_the_same_adds_up() -> None:
    cart = Cart(SessionBase())
    cart.add("ABC", 2)
    cart.add("ABC", 1)

    assert cart.count == 3


def test_no_more_than_an_order_may_have_goes_in() -> None:
    cart = Cart(SessionBase())
    cart.add("ABC", MAX_QUANTITY)
    cart.add("ABC", 1)

    assert cart.count == MAX_QUANTITY


def test_a_quantity_of_none_takes_it_out() -> None:
    cart = Cart(SessionBase())
    cart.add("ABC", 2)
    cart.put("ABC", 0)

    assert cart.count == 0


def test_a_change_marks_the_session_to_be_saved() -> None:
    session = SessionBase()
    session["cart"] = {"ABC": 1}
    session.modified = False

    Cart(session).add("ABC", 1)

    assert session.modified


def test_looking_into_the_cart_leaves_the_session_alone() -> None:
    session = SessionBase()

    assert Cart(session).count == 0
    assert not session.modified


def test_a_full_cart_has_room_only_for_more_of_what_is_in_it() -> None:
    cart = Cart(SessionBase())
    for number in range(MAX_LINES):
        assert cart.has_room_for(f"P{number}")
        cart.add(f"P{number}", 1)

    assert not cart.has_room_for("NEW")
    assert cart.has_room_for("P0")


@pytest.mark.django_db
def test_lines_come_in_the_order_in_which_they_were_put_in() -> None:
    make_product("A1")
    make_product("B1", price="2.50")
    cart = Cart(SessionBase())
    cart.add("B1", 2)
    cart.add("A1", 1)

    lines = cart.lines()

    assert [line.card.product.sku for line in lines] == ["B1", "A1"]
    assert [line.total for line in lines] == [Decimal("5.00"), Decimal("9.99")]


@pytest.mark.django_db
@pytest.mark.parametrize(("quantity", "short"), [(3, False), (4, True)])
def test_a_line_for_more_than_is_left_is_short(quantity: int, short: bool) -> None:
    make_product("ABC", stock=3)
    cart = Cart(SessionBase())
    cart.add("ABC", quantity)

    assert cart.lines()[0].is_short is short


@pytest.mark.django_db
def test_what_is_no_longer_for_sale_is_taken_out() -> None:
    make_product("ABC")
    cart = Cart(SessionBase())
    cart.add("ABC", 1)
    cart.add("GONE", 2)

    assert cart.drop_all_but(cart.lines()) == 1
    assert cart.count == 1


def test_the_order_of_a_form_is_found_again_by_its_key_alone() -> None:
    cart, order_id = Cart(SessionBase()), uuid4()
    cart.add("ABC", 1)
    cart.became(order_id, key="form-1")

    assert cart.count == 0
    assert cart.order_of("form-1") == str(order_id)
    assert cart.order_of("form-2") is None
    assert cart.order_of("") is None
