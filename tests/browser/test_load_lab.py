"""The load and its guarantees in a real browser: drawn, asked for by the keyboard, counted."""

import re

from playwright.sync_api import Page, expect

from tests.browser.keyboard import press_key_on, tab_to
from tests.browser.lab import held, rows_of
from tests.support.waiting import eventually

MOST = 50
"""Orders a second, the last of the list."""
ORDERS = 6


def test_a_load_is_drawn_live_and_ends(page: Page) -> None:
    page.goto("/lab/load/")
    page.get_by_label("Orders a second").select_option("2")
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".load-now")).to_contain_text("On: 2 orders a second")
    for chart, lines in (("rate", 2), ("latency", 2), ("lag", 3)):
        drawn = page.locator(f'[data-chart="{chart}"] .chart-line')
        expect(drawn).to_have_count(lines, timeout=60_000)
    expect(page.locator('[data-value="p50"]')).to_have_text(re.compile(r"^\d+$"), timeout=60_000)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".load-now")).to_have_text("Off")


def test_fifty_orders_a_second_are_placed_or_the_page_says_how_many(page: Page) -> None:
    page.goto("/lab/load/")
    expect(page.locator("[data-live-badge]")).to_have_text("Live")
    tab_to(page, "rate")
    page.keyboard.press("End")
    press_key_on(page, "load-start")
    expect(page.locator(".load-now")).to_contain_text(f"On: {MOST} orders a second")
    placed, holds = page.locator("[data-value='placed']"), page.locator("[data-driver='holds']")

    def as_the_page_says() -> bool:
        fewer = int(holds.inner_text()) if holds.is_visible() else MOST
        return fewer > 0 and float(placed.inner_text()) >= 0.7 * fewer

    eventually(as_the_page_says, within=40.0, what="so many orders are placed as the page says")
    press_key_on(page, "load-stop")
    expect(page.locator(".load-now")).to_have_text("Off")


def test_a_chosen_number_of_orders_is_lost_by_one_transport_and_by_the_other_none(
    page: Page,
) -> None:
    page.goto("/lab/durable-events/")
    press_key_on(page, page.get_by_role("link", name="Experiments"))
    panel = page.locator("#experiment-two-guarantees")
    tab_to(page, "number-two-guarantees")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(str(ORDERS))
    press_key_on(page, panel.get_by_role("button", name=re.compile("^Run it")))
    held(panel, within=120)
    lost = {row[0]: row[2] for row in rows_of(panel.locator(".counts"))}
    assert int(lost[f"of {ORDERS} orders, lost by core NATS"]) > 0
    assert lost[f"of {ORDERS} orders, lost by JetStream"] == "0"
