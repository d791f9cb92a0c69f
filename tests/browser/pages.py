"""Every page that there is, and how a visitor gets there."""

from collections.abc import Callable, Iterator

from playwright.sync_api import expect

from tests.browser import lab, lab_states  # lab
from tests.browser.shop import Shop
from tests.browser.stop import Stop, at
from tests.support.waiting import eventually


def everywhere() -> Iterator[Stop]:
    """Yield all pages, in an order in which one visitor can see them."""
    yield from _shop()
    yield from lab.stops()  # lab
    yield from lab_states.stops()  # lab
    yield from _staff()


def _shop() -> Iterator[Stop]:
    yield Stop("home", at("/"))
    yield Stop("category", at("/category/kitchen/"))
    yield Stop("search", at("/search?q=tea"))
    yield Stop("search-without-hits", at("/search?q=zeppelin"))
    yield Stop("product", at("/products/ABC/"))
    yield Stop("cart-empty", at("/cart/"))
    yield Stop("cart", _with_a_cart("/cart/"))
    yield Stop("checkout", _with_a_cart("/checkout/"))
    yield Stop("checkout-wrong", _check_out_wrongly)
    yield Stop("order", _buy)
    yield Stop("order-cancelled", _cancel)
    yield Stop("order-rejected", _buy_too_much)
    yield Stop("api", at("/api/docs"), is_ours=False)


def _staff() -> Iterator[Stop]:
    yield Stop("login", at("/admin/login/"), is_ours=False)
    yield Stop("staff", _as_staff("/staff/products/"))
    yield Stop("staff-new-product", _as_staff("/staff/products/new/"))
    yield Stop("staff-product", _as_staff("/staff/products/ABC/"))
    yield Stop("staff-sales", _sales)
    yield Stop("admin", _as_staff("/admin/"), is_ours=False)
    yield Stop("admin-orders", _as_staff("/admin/orders/order/"), is_ours=False)
    yield Stop("admin-dead-letters", _as_staff("/admin/messaging/deadletter/"), is_ours=False)


def _with_a_cart(path: str) -> Callable[[Shop], object]:
    def go(shop: Shop) -> None:
        shop.put_in_cart()
        shop.page.goto(path)

    return go


def _buy(shop: Shop) -> None:
    shop.buy()
    expect(shop.page.get_by_role("heading", level=1)).to_contain_text("confirmed", timeout=10_000)


def _check_out_wrongly(shop: Shop) -> None:
    """Give an address that the browser takes, and the shop does not."""
    shop.put_in_cart()
    shop.check_out("ann@example")
    expect(shop.page.locator("#email-error")).to_be_visible()


def _cancel(shop: Shop) -> None:
    _buy(shop)
    shop.page.get_by_role("button", name="Cancel").click()
    expect(shop.page.get_by_role("heading", level=1)).to_contain_text("cancelled")


def _buy_too_much(shop: Shop) -> None:
    """Buy more than there is: fulfilment rejects it."""
    shop.buy(quantity=10_000)
    expect(shop.page.get_by_role("heading", level=1)).to_contain_text(
        "could not take", timeout=10_000
    )


def _sales(shop: Shop) -> None:
    """Buy, and see it in the chart: a bar for each of the fifteen days."""
    _buy(shop)
    go = _as_staff("/staff/sales/")
    bars = shop.page.locator(".sales-bar")
    eventually(lambda: go(shop) or bars.count() == 15, within=30.0, what="the sale is counted")


def _as_staff(path: str) -> Callable[[Shop], object]:
    def go(shop: Shop) -> None:
        shop.page.goto(path)
        if "/login/" in shop.page.url:
            shop.log_in()
            shop.page.goto(path)

    return go
