"""The checkout: a request becomes an order, or an error with a reason."""

from decimal import Decimal

import pytest

from apps.catalog.models import Product
from apps.messaging.errors import NoResponder
from apps.messaging.models import OutboxMessage
from apps.orders.checkout import CheckedOut, check_out
from apps.orders.errors import KeyReused, OrderInvalid, TotalDiffers, UnknownLine
from apps.orders.lines import RequestedLine
from apps.orders.models import IdempotencyKey, Order
from tests.catalog.products import make_product
from tests.orders.conftest import FakePrices

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("prices")]


def buy(
    sku: str = "ABC",
    quantity: int = 2,
    *,
    email: str = "alice@example.com",
    total: str | None = None,
    key: str | None = None,
) -> CheckedOut:
    return check_out(
        email=email,
        lines=[RequestedLine(sku=sku, quantity=quantity)],
        expected_total=Decimal(total) if total else None,
        idempotency_key=key,
    )


def test_the_price_of_the_responder_is_charged() -> None:
    make_product("ABC", price="1.00", name="Teapot")
    checked_out = buy()
    assert checked_out.created
    line = checked_out.order.lines.get()
    assert (line.price, line.name, line.quantity) == (Decimal("9.99"), "Teapot", 2)
    assert checked_out.order.total == Decimal("19.98")


def test_a_product_missing_in_the_catalogue_is_named_by_its_sku() -> None:
    assert not Product.objects.exists()
    assert buy().order.lines.get().name == "ABC"


@pytest.mark.parametrize("email", ["", "alice", "alice@", "a b@example.com", "a" * 250 + "@b.uk"])
def test_an_invalid_email_address_is_rejected(email: str) -> None:
    with pytest.raises(OrderInvalid) as caught:
        buy(email=email)
    assert caught.value.field == "email"


def test_spaces_around_an_email_address_are_ignored() -> None:
    assert buy(email=" alice@example.com\n").order.email == "alice@example.com"


def test_an_unknown_product_is_named_by_its_position() -> None:
    lines = [("ABC", 1), ("ABC", 1), ("NOPE", 1)]
    with pytest.raises(UnknownLine) as caught:
        check_out(
            email="alice@example.com",
            lines=[RequestedLine(sku=sku, quantity=quantity) for sku, quantity in lines],
        )
    assert (caught.value.field, caught.value.sku) == ("lines.2.sku", "NOPE")


def test_the_expected_total_is_accepted() -> None:
    assert buy(total="19.98").created


def test_another_total_than_expected_places_nothing() -> None:
    with pytest.raises(TotalDiffers) as caught:
        buy(total="19.99")
    assert caught.value.actual == Decimal("19.98")
    assert not Order.objects.exists()


def test_nothing_is_stored_without_a_price(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_prices(skus: list[str]) -> None:
        raise NoResponder

    monkeypatch.setattr("apps.orders.prices.look_up_prices", no_prices)
    with pytest.raises(NoResponder):
        buy(key="k")
    assert not Order.objects.exists()
    assert not OutboxMessage.objects.exists()
    assert not IdempotencyKey.objects.exists()


def test_a_repeated_request_with_one_key_is_one_order(prices: FakePrices) -> None:
    first = buy(key="k")
    again = buy(key="k")
    assert (again.order, again.created) == (first.order, False)
    assert prices.asked == 1


def test_a_key_is_recognised_after_a_price_change(prices: FakePrices) -> None:
    first = buy(key="k", total="19.98")
    prices["ABC"] = "99.00"
    assert buy(key="k", total="19.98").order == first.order


def test_two_keys_make_two_orders() -> None:
    assert buy(key="k").order != buy(key="l").order


@pytest.mark.parametrize(
    "other",
    [
        {"quantity": 3},
        {"sku": "XYZ"},
        {"email": "bob@example.com"},
        {"total": "19.98"},
    ],
)
def test_another_request_with_a_used_key_is_rejected(other: dict[str, object]) -> None:
    buy(key="k")
    with pytest.raises(KeyReused):
        buy(key="k", **other)  # type: ignore[arg-type]
    assert Order.objects.count() == 1


def test_a_rejected_request_does_not_use_its_key() -> None:
    with pytest.raises(UnknownLine):
        buy("NOPE", key="k")
    assert buy("ABC", key="k").created


@pytest.mark.parametrize("key", ["", "k" * 256, "k\n"])
def test_an_invalid_key_is_rejected(key: str) -> None:
    with pytest.raises(OrderInvalid) as caught:
        buy(key=key)
    assert caught.value.field == "Idempotency-Key"
