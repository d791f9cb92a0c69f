"""The lab's pages, and the actions of a person there."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO

from PIL import Image
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.shop import Shop
from tests.browser.stop import Stop, at
from tests.browser.workbench import deliver, press
from tests.demo.running import ROOT
from tests.support.waiting import eventually

SHOWN = ROOT / "docs" / "pictures"
COLOURS, LOOKS, MARGIN = 128, 24, 24
DEAD_COUNT = re.compile(r"\d dead")
"""What the map's box of dead letters says once the figures are there."""
PATTERNS = [
    "publish-subscribe",
    "queue-group",
    "request-reply",
    "durable-events",
    "sqs-jobs",
    "celery",
]
LESSONS = sorted(
    path.stem.replace("_", "-") for path in (ROOT / "apps/lab/course/lessons").glob("[!_]*.py")
)
"""Each is in a file with its name."""


def stops() -> Iterator[Stop]:
    yield Stop("lab-map", go_to_map)
    for slug in PATTERNS:
        yield Stop(f"lab-{slug}", _send(slug))
    yield Stop("lab-course", at("/lab/course/"))
    for lesson in LESSONS:
        yield Stop(f"lab-lesson-{lesson}", at(f"/lab/course/{lesson}/"))
    yield Stop("lab-experiment", _experiment)
    yield Stop("lab-consumer", _be_the_consumer)
    yield Stop("lab-inside", at("/lab/inside/"))
    yield Stop("lab-waterfall", _waterfall)
    yield Stop("lab-waterfall-order", _waterfall_of_an_order)
    for name in ("processes", "terminal", "faults", "load", "dead-letters", "reset"):
        yield Stop(f"lab-{name}", at(f"/lab/{name}/"))
    yield Stop("lab-letter", _letter)


def go_to_map(shop: Shop) -> None:
    """Go to it, and wait until its parts say how they are."""
    shop.page.goto("/lab/")
    expect(shop.page.locator(".map [data-node='letters']").first).to_contain_text(DEAD_COUNT)


def _send(slug: str) -> Callable[[Shop], object]:
    def go(shop: Shop) -> None:
        send(shop.page, slug)
        expect(shop.page.locator(".stop-waiting")).to_have_count(0, timeout=30_000)

    return go


def _letter(shop: Shop) -> None:
    """Give a message up, and open its dead letter."""
    page = shop.page
    give_up(page)
    letter = page.locator(".letter:has(.state-bad) .letter-title a").first
    eventually(
        lambda: page.goto("/lab/dead-letters/") and letter.count(), what="there is a dead letter"
    )
    letter.click()
    expect(page).to_have_url(re.compile(r"/lab/dead-letters/\d+/"))


def _waterfall(shop: Shop) -> None:
    """Place an order there, and wait until its mail is sent."""
    shop.page.goto("/lab/waterfall/")
    shop.page.get_by_role("button", name="Place an order").click()
    mail = shop.page.get_by_role("row").filter(has_text="Mail: order confirmed")
    expect(mail).not_to_contain_text("not recorded", timeout=30_000)


def _waterfall_of_an_order(shop: Shop) -> None:
    """Place an order, and go to the page of its own."""
    _waterfall(shop)
    shop.page.reload()
    shop.page.locator(".waterfall-orders a").first.click()
    expect(shop.page).to_have_url(re.compile(r"/lab/waterfall/[0-9a-f-]{36}/"))
    expect(shop.page.locator(".waterfall").first).to_be_visible()


def _experiment(shop: Shop) -> None:
    """Run one, and wait until it shows what was predicted and what was counted."""
    panel = run(shop.page, "durable-events", "duplicate-publish")
    held(panel, within=60)
    expect(panel.locator(".counts")).to_be_visible()


def _be_the_consumer(shop: Shop) -> None:
    """Give back an event and a job, and meet each of them again."""
    page = shop.page
    page.goto("/lab/consumer/")
    for text in ("Make my durable", "Make my queue"):
        if page.get_by_role("button", name=text).count():
            press(page, text)
    page.get_by_role("button", name="Place an order").click()
    press(page, "Send a job")
    for button, answer in (("Take one", "Nak"), ("Receive one", "Show it now")):
        press(deliver(page, button), answer)
        deliver(page, button)


def give_up(page: Page, *, count: int = 1) -> None:
    """Publish what no consumer can read, by the terminal in the page."""
    page.goto("/lab/terminal/")
    line = f"nats pub orders.placed nonsense --count {count}"
    page.get_by_label("Terminal 1: a line of nats or aws").fill(line)
    page.keyboard.press("Enter")
    expect(page.get_by_role("log").get_by_text("Published 8 bytes")).to_have_count(count)


def rows_of(table: Locator) -> list[list[str]]:
    """Return the text of each cell, row by row."""
    rows = table.get_by_role("row").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


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


def show_in_readme(page: Page) -> None:
    """The map with orders on their way, and the way of one of them hop by hop."""
    page.goto("/lab/")
    expect(page.locator(".map-wide [data-node='letters']")).to_contain_text(DEAD_COUNT)
    save(_with_most_dots(page), "map.png")
    send(page, "durable-events")
    expect(page.locator(".stop-waiting")).to_have_count(0, timeout=30_000)
    save(page.screenshot(full_page=True, clip=_beginning_of_the_way(page)), "way.png")


def save(picture: bytes, name: str) -> None:
    """Save it for a README, small: a page has few colours."""
    Image.open(BytesIO(picture)).quantize(COLOURS).save(SHOWN / name, optimize=True)


def _with_most_dots(page: Page) -> bytes:
    """Place orders, one after the other, and take the picture on which most messages travel."""
    dots, panel = page.locator(".map-wide .map-dots circle"), page.locator(".map-panel")
    looks = []
    for look in range(LOOKS):
        if look % 6 == 0:
            page.get_by_role("button", name="Place an order").click()
        looks.append((dots.count(), panel.screenshot()))
    return max(looks)[1]


def _beginning_of_the_way(page: Page) -> FloatRect:
    """Return where the page has the way's heading and its first six stops."""
    page.evaluate("scrollTo(0, 0)")
    heading = page.locator("#way").bounding_box()
    next_stop = page.locator(".way .stop").nth(6).bounding_box()
    assert heading
    assert next_stop
    top = heading["y"] - MARGIN
    return {
        "x": heading["x"] - MARGIN,
        "y": top,
        "width": heading["width"] + 2 * MARGIN,
        "height": next_stop["y"] - top,
    }
