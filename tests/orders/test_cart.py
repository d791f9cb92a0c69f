"""The visitor's cart, also with concurrent requests."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.catalog.models import Product
from apps.orders import cart_items, idempotency, services
from apps.orders.cart import Cart
from apps.orders.errors import CartChanged, CartFull
from apps.orders.lines import MAX_LINES, MAX_QUANTITY, PricedLine
from apps.orders.models import CartItem, Order

pytestmark = pytest.mark.django_db

WINDOWS = 6
"""Of one browser, each with a request at the same instant."""


def make_product(sku: str, *, stock: int = 9, price: str = "9.99") -> Product:
    return Product.objects.create(sku=sku, name=sku.title(), price=Decimal(price), stock=stock)


def new_cart() -> Cart:
    return Cart(SessionStore())


def test_the_cart_counts_all_pieces() -> None:
    cart = new_cart()
    cart.add("ABC", 2)
    cart.add("DEF", 3)

    assert cart.count == 5


def test_adding_a_product_again_adds_its_quantity() -> None:
    cart = new_cart()
    cart.add("ABC", 2)
    cart.add("ABC", 1)

    assert cart.count == 3


def test_a_cart_accepts_no_more_than_an_order_may_have() -> None:
    cart = new_cart()
    assert cart.add("ABC", MAX_QUANTITY)
    assert not cart.add("ABC", 1)

    assert cart.count == MAX_QUANTITY


def test_the_page_states_the_number_kept(client: Client) -> None:
    make_product("ABC")
    client.post("/cart/add/ABC/", {"quantity": MAX_QUANTITY})

    page = client.post("/cart/add/ABC/", {"quantity": 5000}, follow=True).text

    assert "at most 10,000 pieces; your cart has that many" in page
    assert "is in your cart" not in page.partition("at most")[2]


def test_a_quantity_of_zero_removes_the_line() -> None:
    cart = new_cart()
    cart.add("ABC", 2)
    assert cart.change("ABC", 0)

    assert cart.count == 0


def test_two_concurrent_first_requests_share_one_cart() -> None:
    session = SessionStore()
    session.create()
    one, other = (Cart(SessionStore(session.session_key)) for _ in range(2))
    one.add("ABC", 1)
    other.add("DEF", 1)

    assert one.id == other.id
    assert one.count == 2


def test_the_session_of_a_cart_lasts_from_its_last_day_of_use(client: Client) -> None:
    make_product("ABC")
    added = client.post("/cart/add/ABC/", {"quantity": 1})
    name = settings.SESSION_COOKIE_NAME
    assert name in added.cookies
    assert name not in client.post("/cart/add/ABC/", {"quantity": 1}).cookies
    session = client.session
    session["used_on"] = "2026-01-01"
    session.save()
    assert name in client.post("/cart/add/ABC/", {"quantity": 1}).cookies


def test_reading_a_missing_cart_makes_no_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    session = SessionStore()

    with django_assert_num_queries(0):
        assert Cart(session).count == 0
    assert not session.modified


def test_a_full_cart_accepts_only_products_it_contains() -> None:
    cart = new_cart()
    for number in range(MAX_LINES):
        cart.add(f"P{number}", 1)

    with pytest.raises(CartFull, match=f"at most {MAX_LINES}"):
        cart.add("NEW", 1)
    cart.add("P0", 1)
    assert cart.count == MAX_LINES + 1


def test_cart_lines_keep_the_order_of_adding() -> None:
    make_product("A1")
    make_product("B1", price="2.50")
    cart = new_cart()
    cart.add("B1", 2)
    cart.add("A1", 1)

    lines = cart.lines()

    assert [line.card.product.sku for line in lines] == ["B1", "A1"]
    assert [line.total for line in lines] == [Decimal("5.00"), Decimal("9.99")]


@pytest.mark.parametrize(("quantity", "short"), [(3, False), (4, True)])
def test_a_line_above_the_stock_is_marked_short(quantity: int, short: bool) -> None:
    make_product("ABC", stock=3)
    cart = new_cart()
    cart.add("ABC", quantity)

    assert cart.lines()[0].is_short is short


def test_a_product_no_longer_for_sale_is_removed() -> None:
    make_product("ABC")
    cart = new_cart()
    cart.add("ABC", 1)
    cart.add("GONE", 2)

    assert cart.drop_withdrawn() == 1
    assert cart.count == 1


def test_the_cart_survives_a_concurrent_session_write() -> None:
    session = SessionStore()
    session.create()
    shop, another = (SessionStore(session.session_key) for _ in range(2))
    another["lab_outcome"] = "read before the cart began"
    Cart(shop).add("ABC", 1)
    shop.save()
    another.save()

    assert Cart(SessionStore(session.session_key)).count == 1


@pytest.mark.parametrize("sku", ["NOPE", "x" * 65])
def test_a_product_outside_the_cart_cannot_be_changed(client: Client, sku: str) -> None:
    make_product("ABC")
    client.post("/cart/add/ABC/", {"quantity": 1})
    page = client.post(f"/cart/change/{sku}/", {"quantity": 3}, follow=True)

    assert "This product is no longer in your cart." in page.text
    assert CartItem.objects.count() == 1


def test_a_line_added_while_reading_the_cart_stays(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for sku in ("ABC", "LATER"):
        make_product(sku)
    client.post("/cart/add/ABC/", {"quantity": 1})
    look, coming = cart_items.quantities, ["LATER"]

    def and_another_comes(cart: UUID) -> dict[str, int]:
        seen = look(cart)
        if coming:
            cart_items.add(cart, coming.pop(), 1)
        return seen

    monkeypatch.setattr(cart_items, "quantities", and_another_comes)
    client.get("/cart/")

    assert Cart(client.session).count == 2


def bought(sku: str, quantity: int) -> PricedLine:
    return PricedLine(sku=sku, name=sku, quantity=quantity, price=Decimal("9.99"))


def place(cart: Cart, *lines: PricedLine, key: str = "form-1") -> Order:
    claim = idempotency.claim(
        cart.name_of(key), email="jo@example.com", lines=[], expected_total=None
    )
    return services.place_order(
        email="jo@example.com", lines=lines, currency="GBP", claim=claim, cart=cart.id
    )


def test_an_order_removes_only_its_own_lines_from_the_cart() -> None:
    cart = new_cart()
    cart.add("ABC", 3)
    cart.add("DEF", 1)
    cart.add("LATER", 1)

    place(cart, bought("DEF", 1), bought("ABC", 2))

    assert cart_items.quantities(cart.id or uuid4()) == {"ABC": 1, "LATER": 1}


def test_lines_no_longer_in_the_cart_are_not_ordered() -> None:
    cart = new_cart()
    cart.add("ABC", 3)
    cart.add("DEF", 1)

    with pytest.raises(CartChanged):
        place(cart, bought("ABC", 3), bought("DEF", 2))
    assert (cart.count, Order.objects.count()) == (4, 0)


def test_a_forms_order_is_found_by_key_in_its_cart_only() -> None:
    cart, another = new_cart(), new_cart()
    for each in (cart, another):
        each.add("ABC", 1)
    order = place(cart, bought("ABC", 1))

    assert cart.order_of("form-1") == order
    assert [cart.order_of("form-2"), cart.order_of(""), another.order_of("form-1")] == [None] * 3


def test_only_abandoned_carts_are_pruned() -> None:
    old, fresh = new_cart(), new_cart()
    for each in (old, fresh):
        each.add("ABC", 1)
    CartItem.objects.filter(sku="ABC", cart=old.id or uuid4()).update(
        changed_at=timezone.now() - timedelta(days=31)
    )

    assert cart_items.prune() == 1
    assert (old.count, fresh.count) == (0, 1)


def add_at_once(client: Client, skus: Sequence[str]) -> None:
    """Add one of each by concurrent requests of one visitor."""
    ready = Barrier(WINDOWS)

    def add(some: Sequence[str]) -> set[int]:
        visitor = Client()
        visitor.cookies = client.cookies
        try:
            ready.wait(timeout=60)
            return {visitor.post(f"/cart/add/{sku}/", {"quantity": 1}).status_code for sku in some}
        finally:
            connection.close()

    with ThreadPoolExecutor(WINDOWS) as threads:
        answers = list(threads.map(add, [skus[window::WINDOWS] for window in range(WINDOWS)]))
    assert set().union(*answers) == {302}


@pytest.mark.django_db(transaction=True)
def test_concurrent_additions_are_all_in_the_cart(client: Client) -> None:
    skus = [f"P{number}" for number in range(13)]
    for sku in skus:
        make_product(sku)
    client.post("/cart/add/P0/", {"quantity": 1})

    add_at_once(client, [*skus[1:], *["P1"] * 4])
    assert Cart(client.session).count == len(skus) + 4


@pytest.mark.django_db(transaction=True)
def test_concurrent_additions_do_not_overfill_the_cart(client: Client) -> None:
    make_product("P0")
    client.post("/cart/add/P0/", {"quantity": 1})
    kept = Cart(client.session)
    for number in range(1, MAX_LINES - 1):
        kept.add(f"P{number}", 1)
    late = [f"LATE{number}" for number in range(WINDOWS)]
    for sku in late:
        make_product(sku)

    add_at_once(client, late)
    assert kept.count == MAX_LINES
