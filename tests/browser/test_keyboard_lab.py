"""The keyboard keeps its place while a part of the page is replaced: by a press, or by news."""

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.keyboard import tab_to
from tests.browser.lab import give_up

SWITCH = "switch-consumer-fetched-corrupt-sales"


def begin_again(region: Locator) -> None:
    """Mark the region, so that `expect_news` tells whether it was replaced."""
    region.evaluate("each => each.dataset.isOld = 'yes'")


def expect_news(region: Locator) -> None:
    expect(region).not_to_have_attribute("data-is-old", "yes")


def give_up_a_message(context: BrowserContext) -> None:
    """Publish, in another window, what no consumer of the stream can read."""
    page = context.new_page()
    give_up(page)
    page.close()


def test_a_switch_is_turned_on_and_off_in_one_place(page: Page) -> None:
    page.goto("/lab/faults/")
    tab_to(page, SWITCH)
    for is_now in ("Switch off", "Switch on"):
        page.keyboard.press("Enter")
        expect(page.locator(f"#{SWITCH}")).to_contain_text(is_now)
        expect(page.locator(f"#{SWITCH}")).to_be_focused()


def test_all_off_keeps_the_focus_and_so_does_another_windows_switch(
    page: Page, context: BrowserContext
) -> None:
    page.goto("/lab/durable-events/")
    expect(page.locator("[data-live-badge]")).to_have_text("Live")
    page.locator("#faults-off").focus()
    other = context.new_page()
    other.goto("/lab/faults/")
    other.locator(f"#{SWITCH}").click()
    expect(page.locator(f"#{SWITCH}")).to_contain_text("Switch off")
    expect(page.locator("#faults-off")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(f"#{SWITCH}")).to_contain_text("Switch on")
    expect(page.locator("#faults-off")).to_be_focused()


def test_another_letter_takes_no_focus_from_the_list_or_from_a_letter(
    page: Page, context: BrowserContext
) -> None:
    give_up_a_message(context)
    for path, region, focused in (
        ("/lab/dead-letters/", "#letters", ".letters:not(.causes) [id^='redrive-']"),
        ("/lab/dead-letters/", "#letters", ".letters:not(.causes) [id^='drop-']"),
        ("", "#letter", "#letter-body"),
    ):
        if path:
            page.goto(path)
            expect(page.locator(".letter .state-bad").first).to_be_visible()
        else:
            page.locator(".letters:not(.causes) .letter-title a").first.click()
        expect(page.locator("[data-live-badge]")).to_have_text("Live")
        id = str(page.locator(focused).first.get_attribute("id"))
        tab_to(page, id)
        begin_again(page.locator(region))
        give_up_a_message(context)
        expect_news(page.locator(region))
        expect(page.locator(f"#{id}")).to_be_focused()


def test_another_windows_load_takes_no_focus(page: Page, context: BrowserContext) -> None:
    page.goto("/lab/load/")
    expect(page.locator("[data-live-badge]")).to_have_text("Live")
    tab_to(page, "load-start")
    other = context.new_page()
    other.goto("/lab/load/")
    other.get_by_label("Orders a second").select_option("1")
    other.get_by_role("button", name="Start").click()
    expect(page.locator("#load-start")).to_have_text("Change")
    expect(page.locator("#load-start")).to_be_focused()
    tab_to(page, "load-stop")
    page.keyboard.press("Enter")
    expect(page.locator(".load-now")).to_have_text("Off")
