"""Every experiment of the lab on the whole shop, begun by its button over HTTP."""

import re
from collections.abc import Iterator
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from apps.lab.experiments import EXPERIMENTS
from tests.demo.running import RunningDemo
from tests.support.waiting import eventually

pytestmark = pytest.mark.slow

WITHIN = 150.0
LONGEST = "longer-than-the-timeout"
"""Half a minute of waiting: it is begun first, and looked at last."""
SLUGS = sorted((each.slug for each in EXPERIMENTS), key=lambda slug: slug == LONGEST)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    """On SQLite only: the quick tests of the experiments run on both databases."""
    demo = RunningDemo(tmp_path_factory.mktemp("experiments"))
    demo.start()
    Visitor(demo).press(LONGEST)
    yield demo
    assert demo.stop()[0] == 0


class Visitor:
    """A browser without JavaScript: a cookie jar, and forms that are posted as they stand."""

    def __init__(self, demo: RunningDemo) -> None:
        self._origin = f"http://127.0.0.1:{demo.port}"
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def panel(self, slug: str) -> str:
        return self._ask(f"/lab/experiments/{slug}/")

    def press(self, slug: str) -> None:
        fields = dict(re.findall(r'name="(\w+)".*?value="([^"]+)"', self.panel(slug)))
        self._ask(f"/lab/experiments/{slug}/run/", urlencode(fields).encode())

    def _ask(self, path: str, form: bytes | None = None) -> str:
        with self._opener.open(Request(self._origin + path, form), timeout=60) as answer:
            return str(answer.read().decode())


def state_in(panel: str) -> str:
    found = re.search(r'experiment-state">\s*<span class="state [\w-]+">\s*(.+?)\s*</span>', panel)
    return found[1] if found else ""


def end_of(demo: RunningDemo, slug: str) -> str:
    """Press the button, wait for the end, and return the panel."""
    visitor = Visitor(demo)
    if slug != LONGEST:
        visitor.press(slug)
    ends = {"Held", "Broken", "Could not be run"}
    eventually(lambda: state_in(visitor.panel(slug)) in ends, within=WITHIN, what=slug)
    return visitor.panel(slug)


@pytest.mark.parametrize("slug", SLUGS)
def test_each_promise_holds(demo: RunningDemo, slug: str) -> None:
    panel = end_of(demo, slug)
    assert state_in(panel) == "Held", panel


def test_a_promise_broken_on_purpose_is_shown(demo: RunningDemo) -> None:
    switched = demo.manage("fault", "on", "core.publishing", "skip", "--rate=0.5", "--for=120")
    assert switched.returncode == 0, switched.stderr
    assert state_in(end_of(demo, "three-members-one-killed")) == "Broken"
    assert demo.manage("fault", "off").returncode == 0


def test_two_windows_show_the_same_run(demo: RunningDemo) -> None:
    one, other = Visitor(demo), Visitor(demo)
    one.press("slow-responder")
    other.press("slow-responder")
    assert number_of(one.panel("slow-responder")) == number_of(other.panel("slow-responder"))


def number_of(panel: str) -> str:
    found = re.search(r"Run (\d+),", panel)
    assert found
    return found[1]
