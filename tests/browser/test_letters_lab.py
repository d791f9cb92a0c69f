"""Dead letters by the keyboard alone: a cause is redriven, a copy is sent, a test downloaded."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.keyboard import press_key_on, tab_to
from tests.browser.lab import give_up

COUNT = 2


@pytest.fixture
def letters(page: Page) -> Page:
    """Give up messages of one cause, and go to the list when all of it is there."""
    give_up(page, count=COUNT)
    page.goto("/lab/dead-letters/")
    expect(page.locator(".causes")).to_contain_text("for sales")
    return page


def open_the_newest(page: Page) -> None:
    press_key_on(page, str(page.locator(".letters:not(.causes) a").first.get_attribute("id")))
    expect(page).to_have_url(re.compile(r"/lab/dead-letters/\d+/"))


def test_all_letters_of_a_cause_are_redriven(letters: Page) -> None:
    cause = letters.locator(".causes .letter").first
    expect(cause).to_contain_text("Redrive all")
    press_key_on(letters, str(cause.locator("[id^='redrive-']").get_attribute("id")))
    notice = letters.get_by_text("dead letters of this cause are sent again")
    expect(notice).to_be_visible()
    assert int(notice.inner_text().split()[0]) >= COUNT


def test_a_corrected_copy_is_sent(letters: Page) -> None:
    open_the_newest(letters)
    tab_to(letters, "body")
    letters.keyboard.press("ControlOrMeta+a")
    letters.keyboard.type('{"id": 42}')
    press_key_on(letters, "send-copy")
    sent = re.compile(r"A copy of dead letter \d+ is sent, as ")
    expect(letters.get_by_text(sent)).to_be_visible()


def test_a_letters_test_is_downloaded(letters: Page) -> None:
    open_the_newest(letters)
    with letters.expect_download() as download:
        press_key_on(letters, "letter-test")
    number = letters.url.rstrip("/").rpartition("/")[2]
    assert download.value.suggested_filename == f"test_dead_letter_{number}.py"
    assert "assert" in download.value.path().read_text()
