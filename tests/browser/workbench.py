"""The actions of a person who is the consumer."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.keyboard import press_key_on

type Press = Callable[[Page | Locator, str], None]


def press(where: Page | Locator, button: str) -> None:
    """Press a button of *Be the consumer*, and wait until the log says what happened."""
    _press(where, button, lambda found: found.click())


def press_by_key(where: Page | Locator, button: str) -> None:
    """Do the same by Tab and Enter."""
    page = where if isinstance(where, Page) else where.page
    _press(where, button, lambda found: press_key_on(page, found))


def _press(where: Page | Locator, button: str, how: Callable[[Locator], None]) -> None:
    page = where if isinstance(where, Page) else where.page
    lines = page.locator(".bench-line")
    before = lines.first.text_content() if lines.count() else ""
    how(where.get_by_role("button", name=button, exact=isinstance(where, Page)).first)
    expect(lines.first).not_to_have_text(before or "nothing yet")


def deliver(page: Page, button: str, press: Press = press) -> Locator:
    """Press it until a delivery more is there, and return that: an event may be on its way."""
    side = page.locator(".bench-side").filter(has=page.get_by_role("button", name=button))
    newest = side.locator(".hand").first
    before = newest.get_attribute("id") if newest.count() else ""
    for _ in range(20):
        press(page, button)
        if newest.count() and newest.get_attribute("id") != before:
            return newest
    raise AssertionError(f"{button}: nothing came")
