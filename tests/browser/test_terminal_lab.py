"""The terminal in the page, in a real browser: typed, completed, repeated, stopped, run."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect


@pytest.fixture
def terminal(page: Page) -> Page:
    page.goto("/lab/terminal/")
    return page


def line(page: Page, number: int = 1) -> Locator:
    return page.get_by_label(f"Terminal {number}: a line of nats or aws")


def output(page: Page, number: int = 1) -> Locator:
    return page.get_by_role("log", name=f"Output of terminal {number}")


def type_line(page: Page, text: str, number: int = 1) -> None:
    line(page, number).fill(text)
    line(page, number).press("Enter")


def test_a_line_is_typed_and_its_output_is_a_log(terminal: Page) -> None:
    type_line(terminal, 'nats pub orders.placed \'{"id": 42, "total": 19.99}\'')
    expect(output(terminal)).to_contain_text('Published 26 bytes to "orders.placed"')
    expect(line(terminal)).to_have_value("")
    expect(line(terminal)).to_be_focused()


def test_one_terminal_receives_what_the_other_publishes(terminal: Page) -> None:
    type_line(terminal, 'nats sub "orders.>"')
    expect(output(terminal)).to_contain_text("Subscribing")
    terminal.get_by_role("button", name="Open another terminal").click()
    expect(line(terminal, 2)).to_be_focused()
    type_line(terminal, "nats pub orders.placed hello", 2)
    expect(output(terminal)).to_contain_text("hello")


def test_ctrl_c_ends_what_runs(terminal: Page) -> None:
    type_line(terminal, "nats sub jobs.nothing")
    expect(output(terminal)).to_contain_text("Subscribing")
    expect(terminal.get_by_role("button", name="Stop what runs")).to_be_visible()
    line(terminal).press("Control+c")
    expect(output(terminal)).to_contain_text("^C")
    expect(terminal.get_by_role("button", name="Stop what runs")).to_be_hidden()
    type_line(terminal, "help")
    expect(output(terminal)).to_contain_text("It is no shell")


def test_a_pointer_stops_a_line_too(terminal: Page) -> None:
    type_line(terminal, "nats sub jobs.nothing")
    terminal.get_by_role("button", name="Stop what runs").click()
    expect(output(terminal)).to_contain_text("^C")


def test_arrow_keys_go_through_the_history_also_after_a_reload(terminal: Page) -> None:
    for text in ("nats --help", "aws sqs help"):
        type_line(terminal, text)
        expect(output(terminal)).to_contain_text(text)
        expect(line(terminal)).to_be_editable()
    terminal.reload()
    line(terminal).press("ArrowUp")
    expect(line(terminal)).to_have_value("aws sqs help")
    line(terminal).press("ArrowUp")
    expect(line(terminal)).to_have_value("nats --help")
    line(terminal).press("ArrowDown")
    line(terminal).press("ArrowDown")
    expect(line(terminal)).to_have_value("")


@pytest.mark.parametrize(
    ("begun", "completed"),
    [
        ("na", "nats "),
        ("nats str", "nats stream "),
        ("nats consumer ne", "nats consumer next "),
        ("nats sub --que", "nats sub --queue "),
        ("nats stream info OR", "nats stream info ORDERS "),
        ("aws sqs receive-message --max", "aws sqs receive-message --max-number-of-messages "),
    ],
)
def test_tab_completes(terminal: Page, begun: str, completed: str) -> None:
    line(terminal).press_sequentially(begun)
    line(terminal).press("Tab")
    expect(line(terminal)).to_have_value(completed)


def test_tab_shows_what_there_is(terminal: Page) -> None:
    line(terminal).press_sequentially("nats stream ")
    line(terminal).press("Tab")
    expect(output(terminal)).to_contain_text("add  ls  info  get  view")


def test_the_keyboard_is_not_caught(terminal: Page) -> None:
    line(terminal).press("Tab")
    expect(line(terminal)).not_to_be_focused()
    line(terminal).press_sequentially("nats ")
    line(terminal).press("Escape")
    line(terminal).press("Tab")
    expect(line(terminal)).not_to_be_focused()


def test_a_receipt_handle_is_kept_for_the_next_line_also_after_a_reload(terminal: Page) -> None:
    type_line(terminal, "aws sqs create-queue --queue-name mine")
    expect(output(terminal)).to_contain_text("/mine")
    url = "http://127.0.0.1/123456789012/mine"
    for text, shows in (
        (f"aws sqs send-message --queue-url {url} --message-body x", "MessageId"),
        (f"aws sqs receive-message --queue-url {url} --wait-time-seconds 5", "ReceiptHandle"),
    ):
        type_line(terminal, text)
        expect(output(terminal)).to_contain_text(shows)
        expect(line(terminal)).to_be_editable()
    terminal.reload()
    delete = f'aws sqs delete-message --queue-url {url} --receipt-handle "$RECEIPT_HANDLE"'
    type_line(terminal, delete)
    expect(line(terminal)).to_be_editable()
    expect(output(terminal).locator("div")).to_have_count(1)


def test_a_line_of_a_pattern_is_run_by_its_button(page: Page) -> None:
    page.goto("/lab/durable-events/")
    page.get_by_role("button", name="Run: Who reads it").click()
    expect(output(page)).to_contain_text("fulfilment")
    expect(line(page)).to_be_focused()


def test_what_is_typed_travels_the_map(page: Page) -> None:
    page.goto("/lab/")
    expect(page.locator("[data-live-badge]")).to_have_text("Live")
    other = page.context.new_page()
    other.goto("/lab/terminal/")
    type_line(other, 'nats pub jobs.resize \'{"task": "resize", "id": 7}\'')
    expect(page.locator("[data-passing]")).to_contain_text("a line of the terminal has sent")


def test_at_most_a_few_terminals_are_open(terminal: Page, axe: Callable[[Page], list[str]]) -> None:
    another = terminal.get_by_role("button", name="Open another terminal")
    another.click()
    another.click()
    expect(another).to_be_hidden()
    for number in (1, 2, 3):
        type_line(terminal, "nats sub jobs.nothing", number)
        expect(output(terminal, number)).to_contain_text("Subscribing")
    terminal.get_by_role("button", name="Run:").first.click()
    expect(output(terminal, 3)).to_contain_text("3 lines run already")
    assert axe(terminal) == []
    terminal.get_by_role("button", name="Close terminal 2").click()
    expect(another).to_be_visible()


def test_a_line_that_joins_a_group_is_shown_as_its_member(terminal: Page) -> None:
    type_line(terminal, "nats sub jobs.resize --queue resizers")
    expect(output(terminal)).to_contain_text("Subscribing on jobs.resize")
    terminal.get_by_role("button", name="Open another terminal").click()
    type_line(terminal, """nats pub jobs.resize '{"task": "resize", "id": 7}' --count 30""", 2)
    expect(output(terminal)).to_contain_text('Received on "jobs.resize"')
    inside = terminal.context.new_page()
    inside.goto("/lab/inside/")
    group = inside.locator(".group", has_text="preview_resizer")
    expect(group.locator(".member", has_text="terminal, line")).to_contain_text(
        re.compile(r"[1-9]\d* of \d+")
    )
