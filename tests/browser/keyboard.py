"""The actions of a person who has no pointer."""

from playwright.sync_api import Locator, Page


def tab_to(page: Page, wanted: str | Locator, *, key: str = "Tab") -> None:
    """Press Tab, or Shift+Tab, until the element, or the one with that id, has the focus."""
    locator = page.locator(f"[id='{wanted}']") if isinstance(wanted, str) else wanted
    for _ in range(120):
        if locator.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"Tab does not lead to {wanted}")


def press_key_on(page: Page, wanted: str | Locator) -> None:
    """Go to a button or a link by Tab, and press Enter."""
    tab_to(page, wanted)
    page.keyboard.press("Enter")
