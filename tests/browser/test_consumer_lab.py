"""*Be the consumer* in a real browser: each answer, a time that passes, and the keyboard alone."""

import re
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.keyboard import press_key_on, tab_to
from tests.browser.workbench import deliver, press, press_by_key

LAPSES_WITHIN = 60_000
"""Milliseconds in which a visibility timeout of 30 s is over, and the page shows it."""


@pytest.fixture
def workbench(page: Page) -> Iterator[Page]:
    """The page; at its end the visitor gives back what is his, since there is enough for five."""
    page.goto("/lab/consumer/")
    yield page
    page.goto("/lab/consumer/")
    page.get_by_role("button", name="Remove what is mine").click()
    expect(page.get_by_role("button", name="Make my durable")).to_be_visible()


def test_a_visitor_is_the_consumer_by_the_keyboard_alone(workbench: Page) -> None:
    page = workbench
    for id, focus, says in (
        ("make-durable", "press-take", "Made the durable"),
        ("press-make_queue", "press-send_job", "Made the queue"),
        ("press-send_job", "press-send_job", "Sent job 1"),
        ("press-receive", "press-receive", "Received a job"),
    ):
        press_key_on(page, id)
        expect(page.locator("#bench-status")).to_contain_text(says)
        expect(page.locator(f"#{focus}")).to_be_focused()
    job = page.locator(".hand").first
    expect(job).to_contain_text("attempt 1")
    press_key_on(page, f"{job.get_attribute('id')}-delete")
    expect(job).to_contain_text("deleted")
    expect(job.locator("h3")).to_be_focused()
    expect(page.locator("#known")).to_contain_text("0 visible · 0 hidden")


def take_an_order(page: Page) -> Locator:
    """Make a durable, place an order, and return the delivery of its event."""
    press(page, "Make my durable")
    page.get_by_role("button", name="Place an order").click()
    return deliver(page, "Take one")


def take_by_key(page: Page) -> Locator:
    return deliver(page, "Take one", press_by_key)


def answer_by_key(hand: Locator, button: str, says: str) -> None:
    """Answer a delivery; the keyboard goes on from there, and its place was not lost."""
    press_by_key(hand, button)
    expect(hand).to_contain_text(says)
    expect(hand.locator("h3")).to_be_focused()


def test_each_answer_to_an_event_is_given_by_the_keyboard_alone(workbench: Page) -> None:
    page = workbench
    press_by_key(page, "Make my durable")
    press_key_on(page, page.get_by_role("button", name="Place an order"))
    answer_by_key(take_by_key(page), "Nak", "given back")
    again = take_by_key(page)
    expect(again).to_contain_text("attempt 2")
    answer_by_key(again, "In progress", "attempt 2")
    expect(page.locator("#bench-status")).to_contain_text("The attempt stays the same.")
    answer_by_key(again, "Nak, 10 s later", "given back for later")
    expect(again).not_to_contain_text("comes in")
    third = take_by_key(page)
    expect(third).to_contain_text("attempt 3")
    answer_by_key(third, "Ack", "acknowledged")
    press_key_on(page, page.get_by_role("button", name="Place an order"))
    answer_by_key(take_by_key(page), "Term", "terminated")


def test_a_job_is_held_shown_and_deleted_by_the_keyboard_alone(workbench: Page) -> None:
    page = workbench
    for button in ("Make my queue", "Send a job"):
        press_by_key(page, button)
    hand = deliver(page, "Receive one", press_by_key)
    old = page.locator(f"#{hand.get_attribute('id')}")
    answer_by_key(old, "Hide for 30 s", "attempt 1")
    answer_by_key(old, "Show it now", "shown again")
    new = deliver(page, "Receive one", press_by_key)
    expect(new).to_contain_text("attempt 2")
    answer_by_key(old, "Delete", "attempt 1")
    expect(page.locator("#bench-status")).to_contain_text("older than that of receive 2")
    answer_by_key(new, "Delete", "deleted")


def test_a_jobs_time_passes_and_the_keyboard_stays_where_it_is(workbench: Page) -> None:
    page = workbench
    for button in ("Make my queue", "Send a job"):
        press_by_key(page, button)
    first = deliver(page, "Receive one", press_by_key)
    tab_to(page, "press-receive", key="Shift+Tab")
    expect(first).to_contain_text("it is visible again", timeout=LAPSES_WITHIN)
    expect(page.locator("#press-receive")).to_be_focused()
    expect(deliver(page, "Receive one", press_by_key)).to_contain_text("attempt 2")


def test_an_event_is_met_again_and_then_terminated(workbench: Page) -> None:
    page, first = workbench, take_an_order(workbench)
    expect(first).to_contain_text("traceparent")
    press(first, "Nak")
    again = deliver(page, "Take one")
    expect(again).to_contain_text("attempt 2")
    press(again, "Term")
    expect(again).to_contain_text("terminated")
    expect(page.locator("#known")).to_contain_text("0 delivered and not settled")


def test_an_event_is_worked_on_for_longer_and_then_given_back_for_later(workbench: Page) -> None:
    page, first = workbench, take_an_order(workbench)
    press(first, "In progress")
    expect(page.locator("#bench-status")).to_contain_text("The attempt stays the same.")
    press(first, "Nak, 10 s later")
    expect(first).to_contain_text("given back for later, comes in")
    expect(first).not_to_contain_text("comes in")
    expect(deliver(page, "Take one")).to_contain_text("attempt 2")


def test_a_job_whose_time_passes_is_met_again_beside_its_old_handle(workbench: Page) -> None:
    page = workbench
    press(page, "Make my queue")
    press(page, "Send a job")
    first = deliver(page, "Receive one")
    press(first, "Hide for 30 s")
    expect(page.locator("#bench-status")).to_contain_text("Its receive count stays the same.")
    expect(first).to_contain_text("it is visible again", timeout=LAPSES_WITHIN)
    old = page.locator(f"#{first.get_attribute('id')}")
    second = deliver(page, "Receive one")
    expect(second).to_contain_text("attempt 2")
    expect(old).to_contain_text("delivered again since, as attempt 2")
    press(old, "Delete")
    expect(page.locator("#bench-status")).to_contain_text("older than that of receive 2")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_a_visitor_holds_is_drawn_with_its_timers(
    workbench: Page, axe: Callable[[Page], list[str]], scheme: Literal["light", "dark"], width: int
) -> None:
    page = workbench
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    for button in ("Make my queue", "Send a job"):
        press(page, button)
    deliver(page, "Receive one")
    press(take_an_order(page), "Nak, 10 s later")
    page.goto("/lab/inside/")
    mine = page.locator(".track").filter(has_text="(yours)")
    expect(mine.first.locator(".token.is-retry")).to_contain_text(re.compile(r"retried in \d+ s"))
    expect(mine.last.locator(".token")).to_contain_text(re.compile(r"receive 1: visible in \d+ s"))
    expect(mine.last).to_contain_text("0 visible · 1 hidden")
    assert axe(page) == []
