"""Every page, light and dark, wide and narrow: axe-core finds nothing, and nothing overflows."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.everybody import require_for_everybody
from tests.browser.pages import everywhere
from tests.browser.shop import Shop
from tests.browser.stop import Stop

OURS = [stop for stop in everywhere() if stop.is_ours]
OTHERS = [stop for stop in everywhere() if not stop.is_ours]


@pytest.mark.parametrize("stop", OURS, ids=lambda stop: stop.name)
def test_a_page_is_for_everybody_and_fits_on_a_phone(
    stop: Stop, shop: Shop, axe: Callable[[Page], list[str]]
) -> None:
    # Without the transition from one colour to the other, in which contrasts are anything.
    shop.page.emulate_media(reduced_motion="reduce")
    with stop.visited(shop):
        require_for_everybody(shop.page, axe)


@pytest.mark.parametrize("stop", OTHERS, ids=lambda stop: stop.name)
def test_a_page_of_others_logs_no_error(stop: Stop, shop: Shop) -> None:
    with stop.visited(shop):
        expect(shop.page.locator("body")).to_be_visible()
