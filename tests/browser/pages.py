"""Every page that there is, and how a visitor gets there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import expect

from tests.browser.lab import send
from tests.browser.shop import Shop

PATTERNS = [
    "publish-subscribe",
    "queue-group",
    "request-reply",
    "durable-events",
    "sqs-jobs",
    "celery",
]


@dataclass(frozen=True)
class Stop:
    """A page by its name; `go` leads there and returns when it can be looked at.

    For the markup of some Django or Swagger answers, not we.
    """

    name: str
    go: Callable[[Shop], object]
    is_ours: bool = True


def everywhere() -> Iterator[Stop]:
    """Yield all pages, in an order in which one visitor can see them."""
    yield from _shop()
    yield from _lab()
    yield from _staff()


def _shop() -> Iterator[Stop]:
    yield Stop("home", _address("/"))
    yield Stop("category", _address("/category/kitchen/"))
    yield Stop("search", _address("/search?q=tea"))
    yield Stop("search-without-hits", _address("/search?q=zeppelin"))
    yield Stop("product", _address("/products/ABC/"))
    yield Stop("cart-empty", _address("/cart/"))
    yield Stop("cart", _with_a_cart("/cart/"))
    yield Stop("checkout", _with_a_cart("/checkout/"))
    yield Stop("order", _buy)
    yield Stop("api", _address("/api/docs"), is_ours=False)


def _lab() -> Iterator[Stop]:
    yield Stop("lab-map", _address("/lab/"))
    for slug in PATTERNS:
        yield Stop(f"lab-{slug}", _send(slug))
    for name in ("faults", "load", "dead-letters", "reset"):
        yield Stop(f"lab-{name}", _address(f"/lab/{name}/"))


def _staff() -> Iterator[Stop]:
    yield Stop("login", _address("/admin/login/"), is_ours=False)
    yield Stop("staff", _as_staff("/staff/products/"))
    yield Stop("staff-new-product", _as_staff("/staff/products/new/"))
    yield Stop("staff-product", _as_staff("/staff/products/ABC/"))
    yield Stop("admin", _as_staff("/admin/"), is_ours=False)
    yield Stop("admin-orders", _as_staff("/admin/orders/order/"), is_ours=False)
    yield Stop("admin-dead-letters", _as_staff("/admin/messaging/deadletter/"), is_ours=False)


def _address(path: str) -> Callable[[Shop], object]:
    return lambda shop: shop.page.goto(path)


def _with_a_cart(path: str) -> Callable[[Shop], object]:
    def go(shop: Shop) -> None:
        shop.put_in_cart()
        shop.page.goto(path)

    return go


def _buy(shop: Shop) -> None:
    shop.buy()
    expect(shop.page.get_by_role("heading", level=1)).to_contain_text("confirmed", timeout=10_000)


def _send(slug: str) -> Callable[[Shop], object]:
    def go(shop: Shop) -> None:
        send(shop.page, slug)
        expect(shop.page.locator(".stop-waiting")).to_have_count(0, timeout=30_000)

    return go


def _as_staff(path: str) -> Callable[[Shop], object]:
    def go(shop: Shop) -> None:
        shop.page.goto(path)
        if "/login/" in shop.page.url:
            shop.log_in()
            shop.page.goto(path)

    return go
