"""Fixtures of whole demos, for tests that play with the shop."""

import sys
from collections.abc import Callable, Iterator

import pytest

from tests.demo.running import RunningDemo
from tests.support.postgresql import make_database

pytest_plugins = ["tests.acceptance.fixtures"]


@pytest.fixture(scope="session")
def new_demo(
    tmp_path_factory: pytest.TempPathFactory, postgresql_port: int | None
) -> Callable[[str], RunningDemo]:
    """Makes a demo that is yet to be started, in a folder of that name, on the tests' database."""

    def make(name: str) -> RunningDemo:
        demo = RunningDemo(tmp_path_factory.mktemp(name))
        if postgresql_port:
            demo.environment["DEMO_DATABASE_URL"] = make_database(postgresql_port, name)
        return demo

    return make


@pytest.fixture(autouse=True)
def _what_the_demo_said(request: pytest.FixtureRequest) -> Iterator[None]:
    """Print it where pytest shows it, beside a test that failed: its folder is soon gone."""
    yield
    if "live_demo" in request.fixturenames:
        sys.stderr.write(request.getfixturevalue("live_demo").new_errors())


@pytest.fixture(scope="session")
def live_demo(new_demo: Callable[[str], RunningDemo]) -> Iterator[RunningDemo]:
    """One demo for all tests that play with the whole shop."""
    demo = new_demo("live")
    # Intervals of a minute are seconds here; prices may come late on a busy machine.
    demo.environment |= {
        "SQS_VISIBILITY_TIMEOUT": "5",
        "PRICE_REFRESH_SECONDS": "3",
        "PRICE_LOOKUP_TIMEOUT": "4",
    }
    demo.start()
    yield demo
    assert demo.stop()[0] == 0
