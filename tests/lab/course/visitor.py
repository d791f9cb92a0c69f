"""A reader of the course: a browser without JavaScript, and a terminal in which lines are typed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.acceptance.addresses import Addresses
from tests.acceptance.clients import AWS, SHELL
from tests.acceptance.reader import Reader, reading
from tests.acceptance.terminal_page import Row
from tests.acceptance.typed import Typed
from tests.support.waiting import eventually

WITHIN = 30.0


class Visitor:
    """One browser, with one cookie jar; it types what the lesson's page shows to it."""

    def __init__(self, addresses: Addresses, terminal: Reader) -> None:
        self._origin = addresses.url
        self._terminal = terminal
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))
        found = re.search(r"Your number is <strong>(\d+)<", self.page("/lab/course/"))
        assert found
        self.number = int(found[1])

    def page(self, path: str, form: dict[str, str] | None = None) -> str:
        sent = None if form is None else urlencode(form).encode()
        with self._opener.open(Request(self._origin + path, sent), timeout=60) as answer:
            return str(answer.read().decode())

    def ticks(self, slug: str) -> int:
        """Let the lesson listen once; return how many of its steps are ticked."""
        found = re.search(r"<strong>(\d+) of \d+ steps heard", self.page(f"/lab/course/{slug}/"))
        assert found
        return int(found[1])

    def waits_for(self, slug: str, ticks: int) -> None:
        """Wait until this step is ticked; a page that is open looks every second too."""
        eventually(
            lambda: self.ticks(slug) >= ticks,
            within=WITHIN,
            what=lambda: f"{ticks} ticks of {slug}, not {self.ticks(slug)}",
        )

    def line(self, slug: str, does: str) -> str:
        """Return the line that the page offers for copying."""
        lines = re.findall(
            r'aria-label="([^"]*), in a shell" data-copied>(.*?)</pre>',
            self.page(f"/lab/course/{slug}/"),
            flags=re.DOTALL,
        )
        return {does: unescape(re.sub(r"<[^>]*>", "", code)) for does, code in lines}[does]

    def type(self, slug: str, does: str) -> Typed:
        """Type it; one that goes on stays until the test ends."""
        return self.type_line(self.line(slug, does))

    def type_line(self, line: str) -> Typed:
        row = Row(lines={"Shell": line}, sees=())
        return self._terminal.start(row) if row.goes_on("Shell") else self._terminal.type(row)

    def press(self, slug: str, button: str) -> str:
        """Press the button of a step; return the page that follows."""
        page = self.page(f"/lab/course/{slug}/")
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[-1]
        sent = {"csrfmiddlewaretoken": token, "what": button}
        return self.page(f"/lab/course/{slug}/press/", sent)


@contextmanager
def visiting(addresses: Addresses, folder: Path, *, aws: bool = False) -> Iterator[Visitor]:
    folder.mkdir(exist_ok=True)
    with reading(AWS if aws else SHELL, folder, addresses.exports) as terminal:
        yield Visitor(addresses, terminal)
