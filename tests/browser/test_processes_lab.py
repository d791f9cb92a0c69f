"""The page of the processes in a real browser: by the keyboard alone, and in two windows."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, expect

from tests.browser.keyboard import tab_to
from tests.demo.running import RunningDemo
from tests.support.waiting import eventually

PATIENCE = 30_000
"""Milliseconds for a worker to start or to stop on a busy machine."""


@pytest.fixture
def processes(page: Page) -> Iterator[Page]:
    page.goto("/lab/processes/")
    yield page
    page.goto("/lab/processes/")
    page.get_by_role("button", name="All as at the start").click()
    expect(page.get_by_text("All workers are as at the start.")).to_be_visible()
    expect(page.locator(".process .state-ok")).to_have_count(
        sum(settings.WORKERS.values()), timeout=PATIENCE
    )


def instance(page: Page, worker: str, number: int = 1) -> Locator:
    row = page.locator(".process")
    return row.filter(has=page.locator(f"#turn-{worker}-{number}"))


def press(page: Page, id: str, *, key: str = "Tab") -> None:
    """Go to the button by the key, and press it by Enter; the focus stays where it was."""
    tab_to(page, id, key=key)
    page.keyboard.press("Enter")


def test_a_worker_is_stopped_and_started_by_the_keyboard_alone(processes: Page) -> None:
    row = instance(processes, "sales_consumer")
    expect(row).to_contain_text("Running")
    for id, key, text, status, state in (
        ("hold-sales_consumer-1", "Tab", "Continue", "was paused", "Paused"),
        ("hold-sales_consumer-1", "Tab", "Pause", "continues", "Running"),
        ("turn-sales_consumer-1", "Shift+Tab", "Start", "was asked to stop", "Stopped"),
        ("turn-sales_consumer-1", "Tab", "Stop", "was started", "Running"),
    ):
        press(processes, id, key=key)
        expect(processes.get_by_role("status").filter(has_text=status)).to_be_visible()
        expect(row.locator(".state")).to_have_text(re.compile(f"^{state}"), timeout=PATIENCE)
        expect(processes.locator(f"#{id}")).to_contain_text(text)
        expect(processes.locator(f"#{id}")).to_be_focused()


def test_a_killed_worker_is_started_again_and_the_page_says_so(
    processes: Page, demo: RunningDemo
) -> None:
    (before,) = demo.pids("workers.order_listener")
    press(processes, "kill-order_listener-1")
    row = instance(processes, "order_listener")
    note = re.compile(r"Killed by SIGKILL at [\d:]+ UTC, and started again by the supervisor")
    expect(row).to_contain_text(note, timeout=PATIENCE)
    expect(row.locator(".state")).to_have_text("Running", timeout=PATIENCE)
    expect(processes.locator("#kill-order_listener-1")).to_be_focused()
    assert demo.pids("workers.order_listener") != [before]


def test_a_worker_is_scaled_by_the_keyboard_alone(processes: Page, demo: RunningDemo) -> None:
    for count in (4, 5):
        press(processes, "more-preview_resizer")
        expect(processes.locator("#more-preview_resizer")).to_be_focused()
        expect(instance(processes, "preview_resizer", count)).to_have_count(1)
    expect(processes.locator("#more-preview_resizer")).to_have_attribute("aria-disabled", "true")
    eventually(
        lambda: len(demo.pids("workers.preview_resizer")) == 5, within=30, what="five processes"
    )
    press(processes, "fewer-preview_resizer", key="Shift+Tab")
    expect(instance(processes, "preview_resizer", 5)).to_have_count(0, timeout=PATIENCE)


def test_every_window_shows_the_true_state(processes: Page, demo: RunningDemo) -> None:
    other = processes.context.new_page()
    other.goto("/lab/processes/")
    map_page = processes.context.new_page()
    map_page.goto("/lab/")
    instance(processes, "sales_consumer").get_by_role("button", name="Stop").click()
    state = instance(other, "sales_consumer").locator(".state")
    expect(state).to_have_text("Stopped", timeout=PATIENCE)
    assert demo.pids("workers.sales_consumer") == []
    node = map_page.locator(".map-wide [data-node='sales']")
    expect(node).to_contain_text("0 of 1 alive", timeout=PATIENCE)
    instance(other, "sales_consumer").get_by_role("button", name="Start").click()
    state = instance(processes, "sales_consumer").locator(".state")
    expect(state).to_have_text("Running", timeout=PATIENCE)
    expect(node).to_contain_text("1 of 1 alive", timeout=PATIENCE)


def test_a_button_that_cannot_be_pressed_now_says_why(processes: Page) -> None:
    press(processes, "fewer-sales_consumer")
    press(processes, "turn-order_listener-1")
    row = instance(processes, "order_listener")
    expect(row.locator(".state")).to_have_text("Stopped", timeout=PATIENCE)
    press(processes, "kill-order_listener-1")
    alert = processes.get_by_role("alert")
    expect(alert).to_contain_text("is stopped, so it cannot kill: start can be done")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_is_for_everybody_and_fits(
    processes: Page, axe: Callable[[Page], list[str]], width: int, scheme: str
) -> None:
    processes.emulate_media(
        reduced_motion="reduce", color_scheme="dark" if scheme == "dark" else "light"
    )
    processes.set_viewport_size({"width": width, "height": 900})
    for id in ("turn-order_listener-1", "hold-sales_consumer-1", "kill-preview_resizer-1"):
        processes.locator(f"#{id}").click()
    for words in ("Stopped", "Paused", "started again by the supervisor"):
        expect(processes.get_by_text(words).first).to_be_visible(timeout=PATIENCE)
    assert axe(processes) == []
    assert processes.evaluate("document.documentElement.scrollWidth") <= width
