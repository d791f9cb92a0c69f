"""The actions of a person who has no pointer."""

from playwright.sync_api import Page


def tab_to(page: Page, id: str, *, key: str = "Tab") -> None:
    """Press Tab, or Shift+Tab, until the element has the focus."""
    for _ in range(120):
        if page.evaluate("document.activeElement.id") == id:
            return
        page.keyboard.press(key)
    raise AssertionError(f"Tab does not lead to {id}")
