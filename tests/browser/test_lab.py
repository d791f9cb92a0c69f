"""The lab with scripts on: messages are seen to travel, to break, and to heal."""

import os
import re
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.acceptance.nats_client import NatsClient
from tests.browser.lab import PATTERNS, held, run, send
from tests.demo.running import RunningDemo

BE_HIDDEN = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def nats_of_the_demo(demo: RunningDemo) -> Iterator[NatsClient]:
    client = NatsClient(f"nats://127.0.0.1:{demo.environment['NATS_PORT']}")
    yield client
    client.close()


@pytest.mark.parametrize("slug", PATTERNS)
def test_a_pattern_sends_a_real_message_and_shows_its_way(page: Page, slug: str) -> None:
    way = send(page, slug)
    expect(way.locator(".stop-reached").first).to_be_visible(timeout=10_000)
    expect(way.locator(".stop-waiting")).to_have_count(0, timeout=30_000)
    way.locator(".hop").first.locator("summary").click()
    expect(way.locator(".hop").first).to_contain_text("traceparent")


def test_the_map_shows_an_order_on_its_way(page: Page) -> None:
    page.goto("/lab/")
    expect(page.locator("[data-live-badge]")).to_have_text("Live")
    page.get_by_role("button", name="Place an order").click()
    passing = page.locator("[data-passing]")
    expect(passing).to_contain_text("fulfilment_consumer", timeout=10_000)


@pytest.mark.parametrize("width", [390, 1280])
def test_before_the_first_message_there_is_no_large_empty_box(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    # A feed without a message, whatever another test has left under way.
    page.route("**/lab/live/*", lambda feed: feed.fulfill(content_type="text/event-stream"))
    page.goto("/lab/")
    says = page.locator("[data-passing] p")
    box, text = page.locator("[data-passing]").bounding_box(), says.bounding_box()
    assert box
    assert text
    assert box["height"] < text["height"] + 160
    says.get_by_role("link", name="Place an order").click()
    expect(page.get_by_role("button", name="Place an order")).to_be_in_viewport()


def test_a_lesson_ticks_while_the_keyboard_stays_where_it_is(
    page: Page, demo: RunningDemo, nats_of_the_demo: NatsClient
) -> None:
    page.goto("/lab/course/publish/")
    heard, line = page.locator("#heard"), page.get_by_role("region", name="Publish, in a shell")
    expect(heard).to_contain_text("0 of 2 steps heard")
    line.focus()
    typed = re.search(r"pub (\S+) '(.*)'", line.inner_text())
    assert typed
    nats_of_the_demo.publish(typed[1], typed[2].encode())
    expect(heard).to_contain_text("1 of 2 steps heard", timeout=10_000)
    expect(page.locator("#tick-1")).to_have_text("Heard")
    expect(line).to_be_focused()
    nats_of_the_demo.publish("orders.gift.wrapped", typed[2].encode())
    page.get_by_role("link", name="Next: Every listener receives it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Every listener receives it")
    page.goto("/lab/course/")
    expect(page.locator(".lesson-row").first).to_contain_text("Done")


def test_the_answer_of_a_lessons_question_unfolds_by_the_keyboard(page: Page) -> None:
    page.goto("/lab/course/group/")
    answer = page.get_by_text("One queue group's name in all three subscriptions.", exact=True)
    expect(answer).to_be_hidden()
    page.locator(".quiz summary").first.focus()
    page.keyboard.press("Enter")
    expect(answer).to_be_visible()


def test_a_killed_worker_turns_red_and_restarts(page: Page, demo: RunningDemo) -> None:
    page.goto("/lab/")
    node = page.locator(".map-wide [data-node='sales']")
    expect(node).to_contain_text("1 of 1")
    os.kill(demo.pids("workers.sales_consumer")[0], signal.SIGKILL)
    expect(node).to_have_class(re.compile(r"\bis-red\b"), timeout=5_000)
    expect(node).not_to_have_class(re.compile(r"\bis-red\b"), timeout=20_000)


def test_a_crash_before_the_ack_shows_the_redelivery(page: Page) -> None:
    panel = run(page, "durable-events", "crash-before-ack")
    held(panel, within=60)
    expect(panel.locator(".counts")).to_be_visible()


def test_a_poison_message_is_redriven(page: Page) -> None:
    held(run(page, "durable-events", "poison-and-redrive"), within=60)


def test_a_replay_shows_the_difference(page: Page) -> None:
    held(run(page, "durable-events", "replay-sales"), within=60)


def test_two_windows_show_the_same_switches(page: Page, context: BrowserContext) -> None:
    other = context.new_page()
    for window in (page, other):
        window.goto("/lab/faults/")
        expect(window.locator("[data-live-badge]")).to_have_text("Live")
    page.locator(".fault").first.get_by_role("button", name="Switch on").click()
    expect(other.locator(".fault.is-on")).to_have_count(1, timeout=10_000)
    other.get_by_role("button", name="All off").click()
    expect(page.locator(".fault.is-on")).to_have_count(0, timeout=10_000)


def test_a_page_says_that_its_feed_is_lost(page: Page, context: BrowserContext) -> None:
    page.goto("/lab/")
    badge = page.locator("[data-live-badge]")
    expect(badge).to_have_text("Live")
    context.set_offline(True)
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    expect(badge).to_contain_text("Not live", timeout=10_000)


def test_a_hidden_window_holds_no_stream(page: Page) -> None:
    page.goto("/lab/")
    expect(page.locator("[data-live-badge]")).to_have_text("Live")
    with page.expect_event("requestfailed", lambda request: "/lab/live/" in request.url):
        page.evaluate(BE_HIDDEN, True)
    with page.expect_request("**/lab/live/*"):
        page.evaluate(BE_HIDDEN, False)


def test_a_reset_restores_the_shop(page: Page) -> None:
    page.goto("/lab/")
    page.get_by_role("button", name="Place an order").click()
    page.goto("/lab/reset/")
    page.get_by_role("button", name="Reset the shop").click()
    notice = page.get_by_text("The shop is as it was seeded")
    expect(notice).to_be_visible(timeout=20_000)
