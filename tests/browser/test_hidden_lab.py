"""What is hidden, drawn, in a real browser: inside the brokers, and the waterfall of an order."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.keyboard import press_key_on, tab_to
from tests.browser.lab import rows_of
from tests.support.waiting import eventually

SOME_TIME = r"[\d.,]+ m?s"
CURSOR = re.compile(r"cursor behind (\d+)")


def track(page: Page, name: str) -> Locator:
    return page.locator(".track").filter(has=page.get_by_text(name, exact=True))


def cursor_of(page: Page, durable: str) -> int:
    found = CURSOR.search(track(page, durable).inner_text())
    assert found
    return int(found[1])


def place_an_order(page: Page) -> None:
    press_key_on(page, page.get_by_role("button", name="Place an order"))


def test_an_order_moves_the_cursors_and_its_members_take_their_shares(page: Page) -> None:
    page.goto("/lab/inside/")
    expect(track(page, "fulfilment")).to_contain_text(CURSOR)
    before = cursor_of(page, "fulfilment")
    place_an_order(page)
    expect(page.locator("#bought")).to_contain_text("Order")
    expect(page.locator(".group", has_text="fulfilment_consumer")).to_contain_text("pid")
    eventually(lambda: cursor_of(page, "fulfilment") > before, what="the cursor moves")
    expect(track(page, "fulfilment")).to_contain_text("0 waiting · 0 not settled")


def test_a_waterfall_says_what_waited_what_worked_and_what_caused_what(page: Page) -> None:
    page.goto("/lab/waterfall/")
    place_an_order(page)
    mail = page.get_by_role("row").filter(has_text="Mail: order confirmed")
    expect(mail).not_to_contain_text("not recorded", timeout=30_000)
    rows = rows_of(page.locator(".waterfall").first)
    steps = {name.partition(" in ")[0]: cells for name, *cells in rows if cells}
    (stored,) = (
        name for name in steps if re.fullmatch(r"Stream, message \d+: orders.placed", name)
    )
    for step, cause, waiting, working in (
        ("HTTP request", "the beginning", "none", SOME_TIME),
        ("Outbox: orders.placed", "HTTP request", SOME_TIME, "none"),
        ("Relay: orders.placed", "Outbox: orders.placed", "none", SOME_TIME),
        (stored, "Relay: orders.placed", "none", SOME_TIME),
        ("fulfilment handles orders.placed", stored, SOME_TIME, SOME_TIME),
        ("Outbox: orders.confirmed", "fulfilment handles orders.placed", SOME_TIME, "none"),
        ("Mail: order confirmed", "notification handles orders.confirmed", SOME_TIME, SOME_TIME),
    ):
        caused_by, _, waited, worked = steps[step]
        assert caused_by == cause
        assert re.fullmatch(waiting, waited), step
        assert re.fullmatch(working, worked), step


def test_a_newer_order_takes_no_focus_from_the_waterfalls_link(page: Page) -> None:
    page.goto("/lab/waterfall/")
    place_an_order(page)
    tab_to(page, "waterfall-order")
    before = page.locator("#waterfall-order").inner_text()
    other = page.context.new_page()
    other.goto("/lab/waterfall/")
    place_an_order(other)
    expect(page.locator("#waterfall-order")).not_to_have_text(before)
    expect(page.locator("#waterfall-order")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/orders/[0-9a-f-]{36}/"))
