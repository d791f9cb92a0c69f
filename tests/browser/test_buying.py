"""Buying with scripts on: the order's page follows along by itself."""

from playwright.sync_api import expect

from tests.browser.shop import Shop


def test_an_order_is_confirmed_before_ones_eyes(shop: Shop) -> None:
    shop.buy()
    expect(shop.page.get_by_role("heading", level=1)).to_contain_text("confirmed", timeout=10_000)
    expect(shop.page.get_by_role("list").filter(has_text="orders.placed")).to_be_visible()


def test_the_page_stops_asking_when_the_order_has_ended(shop: Shop) -> None:
    shop.buy()
    expect(shop.page.get_by_role("heading", level=1)).to_contain_text("confirmed", timeout=10_000)
    expect(shop.page.locator("[hx-trigger]")).to_have_count(0, timeout=15_000)
