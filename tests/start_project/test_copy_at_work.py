"""A copy under a new name works untouched: `make check`, `make test`, compose, a demo."""

from pathlib import Path

import pytest

from tests.start_project.composed import of_compose
from tests.start_project.copies import copy_named
from tests.support.make_check import make_check, make_test
from tests.support.terminal import Terminal
from tests.support.waiting import eventually

READY_WITHIN_SECONDS = 120.0
ENDED_WITHIN_SECONDS = 30.0
NAME = "tea_house"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_named(NAME, tmp_path_factory.mktemp("copies"))


def test_make_check_passes(copy: Path) -> None:
    make_check(copy)


def test_make_test_passes(copy: Path) -> None:
    make_test(copy)


def test_compose_reads_its_file_and_names_its_images(copy: Path) -> None:
    images = of_compose(copy, "--profile=*", "config", "--images").split()
    assert {each for each in images if each.startswith(("tea-house-", "orders-"))} == {
        "tea-house-site",
        "tea-house-terminal",
    }


def buy(terminal: Terminal) -> None:
    """Place an order, and wait until it is confirmed and its mail is sent."""
    sku = terminal.asked("/api/products?limit=1")["items"][0]["sku"]
    wanted = {"email": "ann@example.com", "lines": [{"sku": sku, "quantity": 1}]}
    path = f"/api/orders/{terminal.asked('/api/orders', wanted)['id']}"

    def is_mailed() -> bool:
        hops = terminal.asked(f"{path}/journey")["hops"]
        return "mail" in [hop["name"] for hop in hops if hop["kind"] == "handled"]

    for is_so in (lambda: terminal.asked(path)["status"] == "confirmed", is_mailed):
        eventually(is_so, within=ENDED_WITHIN_SECONDS, what=terminal.said)


def test_its_demo_takes_an_order_and_counts_it_under_the_new_name(copy: Path) -> None:
    terminal = Terminal(copy)
    with terminal.running("python manage.py demo"):
        eventually(terminal.is_ready, within=READY_WITHIN_SECONDS, what=terminal.said)
        buy(terminal)
        assert f"\n{NAME}_outbox_unsent " in terminal.page("/metrics")
        assert "· Tea house</title>" in terminal.page("/")
