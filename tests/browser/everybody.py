"""What each page of ours keeps: axe-core finds nothing, light and dark, and it fits on a phone."""

from collections.abc import Callable

from playwright.sync_api import Page

WIDTHS = (1280, 390)
HEIGHT = 844


def require_for_everybody(page: Page, axe: Callable[[Page], list[str]]) -> None:
    """Look at the page as it is, wide and narrow, light and dark."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme="light")
        assert axe(page) == []
        page.emulate_media(color_scheme="dark")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
