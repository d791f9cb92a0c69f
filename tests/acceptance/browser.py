"""A browser without scripts: pages, forms, cookies. It uses only the standard library."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.acceptance.web import TIMEOUT_SECONDS
from tests.support.waiting import at_most


@dataclass
class Form:
    """Its address, and its values before the visitor types."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page for a visitor; `url` is its address after redirects."""

    url: str
    status: int
    html: str

    def form(self, with_field: str) -> Form:
        """Return the form that has such a field."""
        reader = _FormReader()
        reader.feed(self.html)
        found = next((each for each in reader.forms if with_field in each.fields), None)
        assert found, f"{self.url} has no form with a field {with_field}: {self.html[:2000]}"
        return found


class Browser:
    """One visitor with a cookie jar."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> Page:
        return self._open(Request(urljoin(self._url, path)))

    def submit(self, page: Page, with_field: str, **typed: str) -> Page:
        """Send the form that has the field, with the given values."""
        form = page.form(with_field)
        return self.post(urljoin(page.url, form.action), form.fields | typed)

    def post(self, path: str, fields: Mapping[str, str]) -> Page:
        url, body = urljoin(self._url, path), urlencode(fields).encode()
        return self._open(Request(url, body))

    def _open(self, request: Request) -> Page:
        try:
            response = self._opener.open(request, timeout=at_most(TIMEOUT_SECONDS))
        except HTTPError as error:
            response = error  # It is a response too.
        with response:
            html = response.read().decode()
            return Page(url=response.url, status=response.status, html=html)


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select = ""
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif not self.forms:
            return
        elif tag == "input":
            self._read_input(given)
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and (self._select not in self._fields or "selected" in given):
            self._fields[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._textarea = given.get("name", "")
            self._fields[self._textarea] = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._fields[self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = ""

    @property
    def _fields(self) -> dict[str, str]:
        return self.forms[-1].fields

    def _read_input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in {"checkbox", "radio"} and "checked" not in given:
            return
        if "name" in given and kind not in {"submit", "button", "file"}:
            self._fields[given["name"]] = given.get("value", "on" if kind == "checkbox" else "")
