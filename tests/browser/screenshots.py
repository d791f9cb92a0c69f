"""`make screenshots`: every page at two widths in both schemes; the pages of docs use two."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.browser import lab  # lab
from tests.browser.chromium import ARGUMENTS, executable
from tests.browser.pages import everywhere
from tests.browser.shop import Shop
from tests.demo.running import ROOT, RunningDemo

FOLDER = ROOT / ".screenshots"
WIDTHS = {390: 844, 1280: 900}
SCHEMES = ("light", "dark")


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    with running_demo() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        for width in WIDTHS:
            for scheme in SCHEMES:
                take_all(browser, demo, width=width, scheme=scheme)
        page = new_page(browser, demo, width=1280, scheme="light", moves=True)  # lab
        lab.show_in_readme(page)  # lab
        browser.close()


def take_all(browser: Browser, demo: RunningDemo, *, width: int, scheme: str) -> None:
    page = new_page(browser, demo, width=width, scheme=scheme)
    for stop in everywhere():
        path = FOLDER / f"{stop.name}-{width}-{scheme}.png"
        with stop.visited(Shop(page, demo)):
            page.screenshot(path=path, full_page=True)
        print(path.relative_to(ROOT))
    page.context.close()


def new_page(
    browser: Browser, demo: RunningDemo, *, width: int, scheme: str, moves: bool = False
) -> Page:
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{demo.port}",
        viewport=ViewportSize(width=width, height=WIDTHS[width]),
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="no-preference" if moves else "reduce",
        device_scale_factor=2 if moves else 1,
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
