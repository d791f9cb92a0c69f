"""Every page, light and dark, wide and narrow: axe-core finds nothing, and nothing overflows."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.pages import everywhere
from tests.browser.shop import Shop
from tests.browser.stop import Stop

WIDTHS = (1280, 390)
OURS = [stop for stop in everywhere() if stop.is_ours]
OTHERS = [stop for stop in everywhere() if not stop.is_ours]


@pytest.mark.parametrize("stop", OURS, ids=lambda stop: stop.name)
def test_a_page_is_for_everybody_and_fits_on_a_phone(
    stop: Stop, shop: Shop, axe: Callable[[Page], list[str]]
) -> None:
    # Without the transition from one colour to the other, in which contrasts are anything.
    shop.page.emulate_media(reduced_motion="reduce")
    stop.go(shop)
    for width in WIDTHS:
        shop.page.set_viewport_size({"width": width, "height": 844})
        shop.page.emulate_media(color_scheme="light")
        assert axe(shop.page) == []
        shop.page.emulate_media(color_scheme="dark")
        assert axe(shop.page) == []
        assert shop.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("stop", OTHERS, ids=lambda stop: stop.name)
def test_a_page_of_others_logs_no_error(stop: Stop, shop: Shop) -> None:
    stop.go(shop)
