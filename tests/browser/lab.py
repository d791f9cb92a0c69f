"""What a person does in the lab."""

from playwright.sync_api import Locator, Page, expect


def send(page: Page, slug: str, button: str = "") -> Locator:
    """Press the page's button for a real message, the first or one by its name; return its way."""
    page.goto(f"/lab/{slug}/")
    buttons = page.locator(".sending").get_by_role("button")
    (buttons.filter(has_text=button) if button else buttons).first.click()
    return page.locator(".way")


def run(page: Page, slug: str, experiment: str) -> Locator:
    """Begin an experiment on its pattern's page; return the panel of it."""
    page.goto(f"/lab/{slug}/")
    panel = page.locator(f"#experiment-{experiment}")
    panel.get_by_role("button", name="Run it").click()
    return panel


def held(panel: Locator, *, within: float) -> None:
    """Wait until the experiment says that the promise held, for so many seconds."""
    expect(panel.locator(".experiment-state .state")).to_have_text("Held", timeout=within * 1000)
