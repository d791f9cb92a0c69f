"""The checkout form: the order that it places, and the errors that it shows."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from apps.catalog.models import Product
from apps.catalog.queries import price_list
from apps.messaging.errors import NoResponder
from apps.orders.cart import Cart
from apps.orders.models import Order
from apps.pricing.contract import PriceAnswer, PriceQuery
from tests.orders.shopping import content, put_into_cart

pytestmark = pytest.mark.django_db

type Page = dict[str, str]


def answer(subject: str, queries: Sequence[PriceQuery], *_: Any, **__: Any) -> list[PriceAnswer]:
    """Answer as a price responder does whose prices are fresh."""
    prices = price_list()
    return [
        PriceAnswer(sku=query.sku, price=prices[query.sku].price, currency="GBP")
        for query in queries
    ]


def no_answer(*_: Any, **__: Any) -> list[PriceAnswer]:
    raise NoResponder


@pytest.fixture(autouse=True)
def price_responder(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Let prices be answered without a broker; call it to let something else answer."""

    def answers_with(ask_all: Any) -> None:
        monkeypatch.setattr("apps.pricing.client.ask_all", ask_all)

    answers_with(answer)
    return answers_with


def checkout_form(client: Client) -> Page:
    """Return the data that the checkout page would post, as it was shown."""
    context = client.get("/checkout/").context
    return {
        "email": "jo@example.com",
        "key": context["form"].next_key,
        "shown": context["quote"].fingerprint,
    }


def shown_form(page: str) -> Page:
    """Return the data that a browser would post from the checkout page."""
    form = page.partition('action="/checkout/"')[2].partition("</form>")[0]
    return dict(re.findall(r'<input [^>]*name="(\w+)" value="([^"]*)"', form))


def test_an_empty_cart_cannot_be_checked_out(client: Client) -> None:
    assert client.get("/checkout/").headers["Location"] == "/cart/"


def test_the_checkout_shows_the_total_to_be_charged(client: Client) -> None:
    put_into_cart(client)

    assert "Place order for £19.98" in content(client.get("/checkout/"))


def test_placing_an_order_opens_its_page(client: Client) -> None:
    put_into_cart(client)

    response = client.post("/checkout/", checkout_form(client))

    order = Order.objects.get()
    assert response.headers["Location"] == f"/orders/{order.id}/"
    assert (order.email, order.total) == ("jo@example.com", Decimal("19.98"))
    assert Cart(client.session).count == 0
    page = content(client.get(f"/orders/{order.id}/"))
    assert "jo@example.com" in page
    assert "Cancel this order" in page


def test_a_checkout_form_sent_twice_makes_one_order(client: Client) -> None:
    put_into_cart(client)
    form = checkout_form(client)

    first = client.post("/checkout/", form)
    second = client.post("/checkout/", form)

    assert first.headers["Location"] == second.headers["Location"]
    assert Order.objects.count() == 1
    assert "changed nothing" not in content(client.get(second.headers["Location"]))


def test_a_repeated_form_with_another_address_changes_nothing(
    client: Client,
) -> None:
    put_into_cart(client)
    form = checkout_form(client)
    client.post("/checkout/", form | {"email": "tpyo@example.com"})

    page = content(client.post("/checkout/", form, follow=True))

    assert [order.email for order in Order.objects.all()] == ["tpyo@example.com"]
    assert "was placed before, for tpyo@example.com." in page


def test_one_form_sent_from_two_windows_makes_one_order(client: Client) -> None:
    put_into_cart(client)
    form = checkout_form(client)
    client.post("/checkout/", form)
    # Were the second request quicker, it would still find all of it in the cart.
    client.post("/cart/add/ABC/", {"quantity": 2})

    client.post("/checkout/", form)

    assert Order.objects.count() == 1


def test_a_repeated_form_finds_its_order_after_the_cart_changed(
    client: Client,
) -> None:
    put_into_cart(client)
    form = checkout_form(client)
    first = client.post("/checkout/", form)
    client.post("/cart/add/ABC/", {"quantity": 1})

    assert client.post("/checkout/", form).headers["Location"] == first.headers["Location"]
    assert Cart(client.session).count == 1


def test_a_form_with_a_used_key_is_shown_with_a_new_key(
    client: Client,
) -> None:
    put_into_cart(client)
    form = checkout_form(client)
    client.post("/checkout/", form)
    client.post("/cart/add/ABC/", {"quantity": 1})

    again = client.post(
        "/checkout/", form | {"shown": client.get("/checkout/").context["quote"].fingerprint}
    )

    assert again.status_code == 409
    assert "has already placed another order" in content(again)
    assert again.context["form"].next_key != form["key"]


def test_an_empty_form_is_explained(client: Client) -> None:
    put_into_cart(client)

    assert "Please tell us an e-mail address" in content(client.post("/checkout/"))


@pytest.mark.parametrize(
    ("email", "words"),
    [("", "Please tell us an e-mail address"), ("jo", "This is not an e-mail address")],
)
def test_an_invalid_email_address_is_explained(client: Client, email: str, words: str) -> None:
    put_into_cart(client)

    page = content(client.post("/checkout/", checkout_form(client) | {"email": email}))

    assert words in page
    assert 'aria-invalid="true"' in page
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("shown", "9" * 65),
        ("shown", "k\0"),
        ("key", "k" * 65),
        ("key", "k\0"),
    ],
)
def test_an_invalid_hidden_field_is_explained_and_replaced(
    client: Client, name: str, sent: str
) -> None:
    put_into_cart(client)

    again = client.post("/checkout/", checkout_form(client) | {name: sent})

    assert "This page has changed since it was shown" in content(again)
    assert not Order.objects.exists()
    assert client.post("/checkout/", shown_form(content(again))).status_code == 302


def test_a_changed_price_is_shown_before_it_is_charged(client: Client) -> None:
    put_into_cart(client)
    form = checkout_form(client)
    Product.objects.update(price=Decimal("12.00"))

    again = client.post("/checkout/", form)

    assert again.status_code == 409
    assert "has changed since this page was shown" in content(again)
    assert "Place order for £24.00" in content(again)
    assert not Order.objects.exists()


def test_a_customer_can_accept_the_new_total(client: Client) -> None:
    put_into_cart(client)
    form = checkout_form(client)
    Product.objects.update(price=Decimal("12.00"))
    shown = client.post("/checkout/", form).context

    client.post("/checkout/", form | {"shown": shown["quote"].fingerprint})

    assert Order.objects.get().total == Decimal("24.00")


def test_offsetting_price_changes_are_shown_before_ordering(client: Client) -> None:
    put_into_cart(client, 1)
    Product.objects.create(sku="DEF", name="Cup", price=Decimal("8.00"), stock=9)
    client.post("/cart/add/DEF/", {"quantity": 1})
    form = checkout_form(client)
    Product.objects.filter(sku="DEF").update(price=Decimal("9.99"))
    Product.objects.filter(sku="ABC").update(price=Decimal("8.00"))

    again = client.post("/checkout/", form)

    assert again.status_code == 409
    assert not Order.objects.exists()


@pytest.mark.parametrize("shown", ["", "19.98"])
def test_lines_that_were_never_shown_are_not_ordered(client: Client, shown: str) -> None:
    put_into_cart(client)

    again = client.post("/checkout/", checkout_form(client) | {"shown": shown})

    assert "has changed since this page was shown" in content(again)
    assert not Order.objects.exists()
    assert client.post("/checkout/", shown_form(content(again))).status_code == 302


def test_a_cart_changed_in_another_window_is_shown_first(client: Client) -> None:
    put_into_cart(client, 1)
    form = checkout_form(client)
    Product.objects.create(sku="BOARD", name="Bread board", price=Decimal("9.99"), stock=9)
    client.post("/cart/change/ABC/", {"quantity": 0})
    client.post("/cart/add/BOARD/", {"quantity": 1})

    again = client.post("/checkout/", form)

    assert again.status_code == 409
    assert "Bread board" in content(again)
    assert not Order.objects.exists()


def test_two_windows_order_the_same_cart_once(client: Client) -> None:
    put_into_cart(client)
    first, second = checkout_form(client), checkout_form(client)

    assert client.post("/checkout/", first).status_code == 302
    assert client.post("/checkout/", second).headers["Location"] == "/cart/"
    assert Order.objects.count() == 1


def test_a_checkout_without_prices_asks_to_try_again(
    client: Client, price_responder: Callable[[Any], None]
) -> None:
    put_into_cart(client)
    price_responder(no_answer)

    response = client.get("/checkout/")

    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert "your cart is unchanged" in content(response)


def test_a_checkout_without_prices_keeps_the_typed_values(
    client: Client, price_responder: Callable[[Any], None]
) -> None:
    put_into_cart(client)
    form = checkout_form(client)
    price_responder(no_answer)

    response = client.post("/checkout/", form)

    assert response.status_code == 503
    assert 'value="jo@example.com"' in content(response)
    assert f'name="key" value="{form["key"]}"' in content(response)
    assert not Order.objects.exists()


def test_a_damaged_key_is_replaced(client: Client) -> None:
    """The form kept it, so that each further try failed too."""
    put_into_cart(client)
    page = client.post("/checkout/", {"email": "jo@example.com", "shown": "0", "key": "\x07abc"})
    assert page.context["form"].next_key.isprintable()
