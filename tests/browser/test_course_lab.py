"""A button sends while a line runs in the page's terminal: that goes on, and prints what comes."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.keyboard import press_key_on, tab_to
from tests.browser.lab_states import LINES
from tests.browser.test_terminal_lab import output

PRESSES = 40
"""A press of a pattern's page sends one message, and each fourth comes to one more member."""


def join(page: Page, run: str) -> Locator:
    """Run the line by its button, by the keyboard; return the log of what it prints."""
    page.get_by_role("button", name=f"Run: {run}").focus()
    page.keyboard.press("Enter")
    log = output(page)
    expect(log).to_contain_text(re.compile("Subscribing|Listening"))
    return log


def press_until_one_comes(page: Page, button: str, says: str, log: Locator) -> None:
    """Press the button by the keyboard, and again as long as nothing has come to the terminal."""
    outcome = page.locator("main [role=status] > .notice")
    for _ in range(PRESSES):
        tab_to(page, button, key="Shift+Tab")
        page.keyboard.press("Enter")
        expect(outcome).to_contain_text(says)
        expect(page.locator(f"#{button}")).to_be_focused()
        if "Received on" in (log.text_content() or ""):
            return
    raise AssertionError("nothing came to the terminal")


@pytest.mark.parametrize(
    ("lesson", "run", "button", "says"),
    [
        ("group", "Join the group", "send-offer", "10 previews were offered"),
        ("request-reply", "Be a third responder", "send-ask", "Asked 10 times"),
    ],
)
def test_a_lessons_button_leaves_the_terminal_open_and_the_step_ticks(
    page: Page, lesson: str, run: str, button: str, says: str
) -> None:
    page.goto(f"/lab/course/{lesson}/")
    ticks = page.locator(".step-tick").all()
    for number, tick in enumerate(ticks[:-1], 1):
        page.locator(f"#step-{number}").get_by_role("button", name="Run: ").last.click()
        expect(tick).to_have_text("Heard")
    log = join(page, run)
    press_until_one_comes(page, button, says, log)
    expect(ticks[-1]).to_have_text("Heard")
    expect(log).to_contain_text(re.compile(r"\[#\d+\] Received on"))
    expect(page.get_by_role("button", name="Stop what runs in terminal 1")).to_be_visible()


def test_a_lesson_is_done_by_the_keyboard_alone(page: Page) -> None:
    page.goto("/lab/course/publish/")
    answer = page.locator("#step-2 .quiz summary")
    press_key_on(page, answer)
    expect(page.get_by_text("Neither would receive a message on")).to_be_visible()
    for line, says in LINES:
        press_key_on(page, page.get_by_role("button", name=f"Run: {line}, in a shell"))
        expect(page.get_by_role("log").filter(has_text=says)).to_be_visible()
    expect(page.locator(".step-tick")).to_have_text(["Heard", "Heard"])
    of_one_word = page.get_by_role("log").filter(has_text="Subscribing on orders.*")
    expect(of_one_word).to_contain_text('Received on "orders.gift"')
    expect(of_one_word).not_to_contain_text('Received on "orders.gift.wrapped"')
    press_key_on(page, page.locator("#heard").get_by_role("link"))
    expect(page).to_have_url(re.compile("/lab/course/every-listener/"))


def test_a_patterns_button_leaves_the_terminal_open_and_shows_the_new_way(page: Page) -> None:
    page.goto("/lab/queue-group/")
    log = join(page, "Become a fourth member")
    press_until_one_comes(page, "send-preview", "offered", log)
    expect(page.locator(".way .stop-reached").first).to_be_visible()
    expect(page.get_by_role("button", name="Stop what runs in terminal 1")).to_be_visible()
    trace = page.locator("#followed").get_attribute("data-trace")
    assert f"trace={trace}" in page.url
    page.reload()
    expect(page.locator(".way-sum")).to_contain_text(str(trace))


def test_the_order_that_was_placed_can_be_cancelled_on_the_same_page(page: Page) -> None:
    page.goto("/lab/durable-events/")
    page.evaluate("window.isTheSame = true")
    cancel = page.get_by_role("button", name="Cancel this order")
    expect(cancel).to_be_hidden()
    page.get_by_role("button", name="Place an order for one ABC").click()
    cancel.click()
    expect(page.locator("#outcome")).to_contain_text("is cancelled")
    expect(page.locator(".stop-waiting")).to_have_count(0)
    assert page.evaluate("window.isTheSame")
