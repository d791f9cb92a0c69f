"""The shop in another place: other numbers, another clock, another currency; for tests of pages."""

import re
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from typing import override

import pytest
from django.template import base
from django.utils import translation
from pytest_django.fixtures import Settings

MARK = "(for people)"
PEOPLES = {"alt", "aria-label", "content", "placeholder", "title"}
"""Attributes for people, also by a screen reader."""
DAY = re.compile(r"\d\d\.\d\d\.\d{4}")
PLAIN = re.compile(r"-?\d+(\.\d+)?")


@pytest.fixture(params=["de", "fr", "en-gb"])
def language(request: pytest.FixtureRequest, settings: Settings) -> Iterator[str]:
    code: str = request.param
    settings.LANGUAGE_CODE = code
    settings.USE_THOUSAND_SEPARATOR = True
    settings.TIME_ZONE = "Asia/Kolkata"
    settings.CURRENCY = "EUR"
    with translation.override(code):
        yield code


@pytest.fixture
def marked_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mark each number that a template writes for people, so that also a 7 shows where it is."""
    localize = base.localize  # type: ignore[attr-defined]

    def marked(value: object, use_l10n: bool | None = None) -> object:
        text = localize(value, use_l10n=use_l10n)
        is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        return f"{text}{MARK}" if is_number and use_l10n is not False else text

    monkeypatch.setattr(base, "localize", marked)


def misread(page: str) -> list[str]:
    """Return the attributes for machines whose number is written for people."""
    return [
        f'{tag} {name}="{value}"'
        for tag, name, value in attributes(page)
        if name not in PEOPLES and (MARK in value or (name == "value" and _is_for_people(value)))
    ]


def attributes(page: str) -> list[tuple[str, str, str]]:
    """Return tag, name and value of each attribute of the page."""
    reader = _Reader()
    reader.feed(page)
    return reader.found


def fields(page: str, *, action: str = "", id: str = "") -> dict[str, str]:
    """Return the data that a browser would send for the form with this action or id.

    A choice is sent as it stands, a text as it was typed; a box that is not ticked is not sent.
    """
    start = f'id="{id}"' if id else f'action="{action}"'
    form = page.partition(start)[2].partition("</form>")[0]
    reader = _Reader()
    reader.feed(form)
    return reader.inputs


def _is_for_people(value: str) -> bool:
    # `1.500,00`, and with spaces of several kinds; `9.99.1` is no number in any locale. Django's
    # own forms write a day for people, and read it so.
    if DAY.fullmatch(value):
        return False
    return re.fullmatch(r"\d[\d.,\s]*", value) is not None and PLAIN.fullmatch(value) is None


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.inputs: dict[str, str] = {}
        self._within = ""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, name, value or "") for name, value in attrs]
        given = {name: value or "" for name, value in attrs}
        name, value = given.get("name", ""), given.get("value", "")
        if tag in ("select", "textarea"):
            self._within = name
            if tag == "textarea":
                self.inputs[name] = ""
        elif tag == "option" and "selected" in given:
            self.inputs[self._within] = value
        elif tag == "input" and name and _is_sent(given):
            self.inputs[name] = value or ("on" if given.get("type") == "checkbox" else "")

    @override
    def handle_data(self, data: str) -> None:
        if self._within and self.lasttag == "textarea":
            self.inputs[self._within] += data

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self._within = ""


def _is_sent(given: dict[str, str]) -> bool:
    if given.get("type") == "checkbox":
        return "checked" in given
    return given.get("type") not in ("file", "submit")
