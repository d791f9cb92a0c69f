"""The lines that the lab's page of processes offers in compose: each is typed, and seen there."""

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from html import unescape

import pytest

from tests.acceptance.addresses import Addresses
from tests.acceptance.shop import Shop
from tests.support.waiting import eventually

# In a demo the page has buttons, and its supervisor does what they say.
pytestmark = pytest.mark.target("compose")

PAGE = "/lab/processes/"
WORKER = "sales_consumer"
SEEN_WITHIN_SECONDS = 60.0
"""A container's stop or start, and the two seconds between two signs of life."""
RUNNING, SILENT = "Running", "No sign of life"
KILLED = 137
"""A shell ends so with the container in which it has killed all."""
OUTCOMES = [
    ("Stop", [SILENT]),
    ("Start", [RUNNING]),
    ("Pause", [SILENT]),
    ("Continue", [RUNNING]),
    ("Kill, and it starts again", [RUNNING]),
    ("Kill, and it stays ended", [SILENT]),
    ("Scale, 1 to 5", [RUNNING] * 3),
]
"""What a line does, in the page's words, and what the page then says of each process there."""


class OneWorker:
    """A worker on the page, and in compose."""

    def __init__(self, shop: Shop, compose: Callable[..., str]) -> None:
        self._shop, self._compose = shop, compose

    @property
    def page(self) -> str:
        return self._shop.get(PAGE).body.decode()

    def lines(self) -> dict[str, str]:
        """Return the lines that the page offers, by what each does."""
        blocks = re.findall(rf'aria-label="([^"]*): {WORKER}" data-copied>(.*?)</pre>', self.page)
        return {unescape(does): unescape(line) for does, line in blocks}

    def states(self) -> list[str]:
        """Return what the page says of each process."""
        found = re.search(rf'id="signs-{WORKER}">(.*?)</ul>', self.page, flags=re.DOTALL)
        assert found
        return re.findall(r'<span class="state [^"]*">([^<]*)</span>', found[1])

    def type(self, line: str) -> None:
        program, command, *arguments = shlex.split(line)
        assert (program, command) == ("docker", "compose")
        self._compose(*arguments, codes={0, KILLED})

    def started(self) -> str:
        """Return when its containers were started last."""
        containers = self._compose("ps", "--all", "--quiet", WORKER).split()
        asked = ["docker", "inspect", "--format={{.State.StartedAt}}", *containers]
        return subprocess.run(asked, check=True, capture_output=True, text=True).stdout

    def until(self, *states: str) -> None:
        eventually(
            lambda: self.states() == [*states],
            within=SEEN_WITHIN_SECONDS,
            what=lambda: f"the page says {states} of {WORKER}, and not {self.states()}",
        )

    def until_started_after(self, before: str) -> None:
        eventually(lambda: self.started() != before, within=SEEN_WITHIN_SECONDS)


@pytest.fixture
def worker(shop: Shop, addresses: Addresses) -> Iterator[OneWorker]:
    assert addresses.compose
    worker = OneWorker(shop, addresses.compose)
    worker.until(RUNNING)
    yield worker
    addresses.compose("up", "--detach", "--no-deps", "--scale", f"{WORKER}=1", WORKER)
    worker.until(RUNNING)


def test_each_line_does_what_the_page_says(worker: OneWorker) -> None:
    lines = worker.lines()
    assert list(lines) == [does for does, _ in OUTCOMES]
    for does, states in OUTCOMES:
        before = worker.started()
        worker.type(lines[does])
        if does.endswith("starts again"):
            worker.until_started_after(before)
        worker.until(*states)
