"""The pages of errors, as a visitor sees them: the shop's own answers, and those that need a fault.

Each is shown with the status 200: a browser logs any other as an error of the page.
"""

from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page, Route, expect

from tests.browser.everybody import require_for_everybody
from tests.browser.shop import Shop

ANSWERS = {
    "/no-such-page/": ("GET", HTTPStatus.NOT_FOUND, "This page does not exist"),
    "/checkout/": ("POST", HTTPStatus.FORBIDDEN, "This form has expired"),
    "/products/ABC/": ("PUT", HTTPStatus.METHOD_NOT_ALLOWED, "This did not work"),
}
"""An address, how it is asked, and what the shop answers. The form comes without its token."""
WITHOUT_A_HEADER = {
    "400.html": "We could not read this",
    "500.html": "Something went wrong",
    "503.html": "Please try again in a moment",
}
"""Templates that stand alone, since the fault may be anywhere."""


def require_page(shop: Shop, axe: Callable[[Page], list[str]], path: str, heading: str) -> None:
    shop.page.emulate_media(reduced_motion="reduce")
    shop.page.goto(path)
    expect(shop.page.get_by_role("heading", level=1)).to_have_text(heading)
    require_for_everybody(shop.page, axe)
    shop.page.get_by_role("link", name="Back to the shop").click()
    expect(shop.page).to_have_url("/")


@pytest.mark.parametrize("path", ANSWERS)
def test_a_page_of_an_error_is_for_everybody(
    path: str, shop: Shop, axe: Callable[[Page], list[str]]
) -> None:
    method, status, heading = ANSWERS[path]

    def answer(route: Route) -> None:
        answered = route.fetch(method=method)
        assert answered.status == status
        route.fulfill(response=answered, status=HTTPStatus.OK)

    shop.page.route(f"**{path}", answer)
    require_page(shop, axe, path, heading)


@pytest.mark.parametrize("template", WITHOUT_A_HEADER)
def test_a_page_of_a_fault_is_for_everybody(
    template: str, shop: Shop, axe: Callable[[Page], list[str]]
) -> None:
    html = render_to_string(template)
    shop.page.route("**/broken/", lambda route: route.fulfill(body=html, content_type="text/html"))
    require_page(shop, axe, "/broken/", WITHOUT_A_HEADER[template])
