"""`make screenshots`: every page at two widths in both schemes; two are for the README."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests.browser.chromium import ARGUMENTS, executable
from tests.browser.lab import send
from tests.browser.pages import everywhere
from tests.browser.shop import Shop
from tests.demo.running import ROOT, RunningDemo

FOLDER = ROOT / ".screenshots"
SHOWN = ROOT / "docs" / "pictures"
WIDTHS = {390: 844, 1280: 900}
SCHEMES = ("light", "dark")


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    with running_demo() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        for width in WIDTHS:
            for scheme in SCHEMES:
                take_all(browser, demo, width=width, scheme=scheme)
        show_in_readme(browser, demo)
        browser.close()


def take_all(browser: Browser, demo: RunningDemo, *, width: int, scheme: str) -> None:
    page = new_page(browser, demo, width=width, scheme=scheme)
    for stop in everywhere():
        stop.go(Shop(page, demo))
        path = FOLDER / f"{stop.name}-{width}-{scheme}.png"
        page.screenshot(path=path, full_page=True)
        print(path.relative_to(ROOT))
    page.context.close()


def show_in_readme(browser: Browser, demo: RunningDemo) -> None:
    """The map with an order on its way, and that order's way hop by hop."""
    page = new_page(browser, demo, width=1280, scheme="light", moves=True)
    page.goto("/lab/")
    page.get_by_role("button", name="Place an order").click()
    expect(page.locator(".map-wide .map-dots circle").first).to_be_visible()
    expect(page.locator("[data-passing]")).to_contain_text("sales_consumer")
    page.locator(".map-panel").screenshot(path=SHOWN / "map.png")
    send(page, "durable-events")
    expect(page.locator(".stop-waiting")).to_have_count(0, timeout=30_000)
    page.locator(".way .stop").nth(3).scroll_into_view_if_needed()
    page.screenshot(path=SHOWN / "way.png")


def new_page(
    browser: Browser, demo: RunningDemo, *, width: int, scheme: str, moves: bool = False
) -> Page:
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{demo.port}",
        viewport=ViewportSize(width=width, height=WIDTHS[width]),
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="no-preference" if moves else "reduce",
    )
    return context.new_page()


@contextmanager
def running_demo() -> Iterator[RunningDemo]:
    with tempfile.TemporaryDirectory() as folder:
        demo = RunningDemo(Path(folder))
        demo.start()
        try:
            yield demo
        finally:
            demo.stop()


if __name__ == "__main__":
    main()
