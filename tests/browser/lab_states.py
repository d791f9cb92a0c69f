"""States of the lab's pages that only use brings about, each as a stop of its own."""

from collections.abc import Iterator

from playwright.sync_api import expect

from tests.browser.lab import give_up, go_to_map
from tests.browser.shop import Shop
from tests.browser.stop import Stop
from tests.support.waiting import eventually

FAULTS = ("switch-core-heard-delay", "switch-job-heartbeat-skip-jobs")
"""Two that cost the other stops nothing but time."""
LINES = (
    ("Listen", "Subscribing on orders.>"),
    ("Publish", 'to "orders.placed"'),
    ("Listen for one word", "Subscribing on orders.*"),
    ("Publish on two words", 'to "orders.gift"'),
    ("Publish on three words", 'to "orders.gift.wrapped"'),
)
"""Of the first lesson, each with what its terminal prints."""


def stops() -> Iterator[Stop]:
    yield Stop("lab-faults-on", _break, leave=_mend)
    yield Stop("lab-map-broken", _map_of_what_is_broken, leave=_mend)
    yield Stop("lab-letters-by-cause", _give_up_several)
    yield Stop("lab-lesson-ticked", _do_a_lesson)
    yield Stop("lab-course-begun", _go_on_with_the_course)


def _break(shop: Shop) -> None:
    """Switch two faults on, for long enough to look at them."""
    page = shop.page
    page.goto("/lab/faults/")
    for switch in FAULTS:
        page.locator(f"#{switch.replace('switch-', 'lasts-')}").select_option("300")
        page.locator(f"#{switch}").click()
        expect(page.locator(f"#{switch}")).to_contain_text("Switch off")


def _map_of_what_is_broken(shop: Shop) -> None:
    _break(shop)
    go_to_map(shop)
    expect(shop.page.locator("#broken")).to_contain_text("Broken on purpose: A slow listener")


def _mend(shop: Shop) -> None:
    shop.page.goto("/lab/faults/")
    shop.page.locator("#faults-off").click()
    expect(shop.page.locator(".fault.is-on")).to_have_count(0)


def _give_up_several(shop: Shop) -> None:
    """Give up messages of one cause, and wait until the list has a group of them."""
    give_up(shop.page, count=2)
    groups = shop.page.locator(".causes .letter").filter(has_text="Redrive all")
    eventually(lambda: shop.page.goto("/lab/dead-letters/") and groups.count(), what="a group")


def _do_a_lesson(shop: Shop) -> None:
    """Type its lines by their buttons, and wait until each step is ticked."""
    page = shop.page
    page.goto("/lab/course/publish/")
    for line, says in LINES:
        page.get_by_role("button", name=f"Run: {line}, in a shell").click()
        expect(page.get_by_role("log").filter(has_text=says)).to_be_visible()
    expect(page.locator(".step-tick")).to_have_text(["Heard", "Heard"])
    expect(page.locator("#heard")).to_contain_text("The lesson is done.")


def _go_on_with_the_course(shop: Shop) -> None:
    """Do a lesson, and look at the course again."""
    _do_a_lesson(shop)
    shop.page.goto("/lab/course/")
    expect(shop.page.locator(".lesson-row.is-done")).to_have_count(1)
