"""A demo and a browser; no page may log an error, or request a missing file."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response, expect

from tests.browser.chromium import ARGUMENTS, executable
from tests.browser.shop import Shop
from tests.demo.running import RunningDemo

PATIENCE = 20_000
"""Milliseconds in which a page shows what a test expects; the machine may be busy."""
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def demo(new_demo: Callable[[str], RunningDemo]) -> Iterator[RunningDemo]:
    demo = new_demo("browser")
    demo.start()
    yield demo
    assert demo.stop()[0] == 0


@pytest.fixture(scope="session")
def base_url(demo: RunningDemo) -> str:
    return f"http://127.0.0.1:{demo.port}"


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": executable(), "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(base_url: str) -> dict[str, Any]:
    return {"base_url": base_url, "viewport": {"width": 1280, "height": 900}}


@pytest.fixture
def shop(page: Page, demo: RunningDemo) -> Shop:
    return Shop(page, demo)


@pytest.fixture(autouse=True)
def no_browser_error(context: BrowserContext) -> Iterator[list[str]]:
    """Fail a test in which any page logged an error or got an unexpected error answer."""
    complaints: list[str] = []

    def console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"{message.page and message.page.url}: {message.text}")

    def response(response: Response) -> None:
        if response.status >= 400:
            complaints.append(f"{response.status} {response.url}")

    context.on("console", console)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("response", response)
    yield complaints
    assert complaints == []


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """Return the findings of axe-core on a page: each rule and its elements."""

    def look(page: Page) -> list[str]:
        found = Axe().run(page).response["violations"]
        return [
            f"{each['id']}: {', '.join(str(node['target']) for node in each['nodes'])}"
            for each in found
        ]

    return look
