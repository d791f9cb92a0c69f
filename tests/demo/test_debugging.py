"""A worker that the demo leaves out runs in a debugger, by the lines of docs/working-on-it.md."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.checkout import copy_checkout
from tests.support.python import ROOT
from tests.support.terminal import Terminal, with_our_packages
from tests.support.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.one_database]

PAGE = (ROOT / "docs" / "working-on-it.md").read_text()
START, WORK = (
    re.search(rf"^{beginning}.*$", PAGE, re.MULTILINE)
    for beginning in ("make demo WITHOUT=", "DEMO=true ")
)
HANDLER = "def reserve_stock(event: OrderPlaced) -> None:\n"
BATCHES = "    batch_handlers={OrderPlaced: services.reserve},\n"
ORDER = {"email": "ann@example.com", "lines": [{"sku": "ABC", "quantity": 1}]}
READY_WITHIN_SECONDS = 120.0


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A copy of the shop, whose handler has a `breakpoint()`."""
    copy_checkout(tmp_path, "apps/", "orders_site/", "workers/", "manage.py", "Makefile")
    file = tmp_path / "apps/fulfilment/handlers.py"
    text = file.read_text()
    assert HANDLER in text
    assert BATCHES in text
    file.write_text(text.replace(BATCHES, "").replace(HANDLER, f"{HANDLER}    breakpoint()\n"))
    return Terminal(tmp_path)


def status(terminal: Terminal, order: str) -> str:
    return str(terminal.asked(f"/api/orders/{order}")["status"])


def test_the_demo_waits_for_the_process_whose_handler_stops_at_a_breakpoint(
    terminal: Terminal,
) -> None:
    assert START
    assert WORK
    worker = START[0].partition("WITHOUT=")[2]
    with terminal.running(f"exec {with_our_packages(START[0])}"):
        waits = re.compile(rf"still waiting: .*{worker}")
        eventually(
            lambda: waits.search(terminal.said()), within=READY_WITHIN_SECONDS, what=terminal.said
        )
        assert not terminal.is_ready()
        printed = terminal.folder / "printed"
        with (
            printed.open("wb") as file,
            subprocess.Popen(
                ["bash", "-c", with_our_packages(WORK[0])],
                cwd=terminal.folder,
                env=terminal.variables,
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=file,
            ) as process,
        ):
            try:
                eventually(terminal.is_ready, within=READY_WITHIN_SECONDS, what=printed.read_text)
                order = terminal.asked("/api/orders", ORDER)["id"]
                eventually(lambda: "(Pdb)" in printed.read_text(), what=printed.read_text)
                assert status(terminal, order) == "placed"
                assert process.stdin
                process.stdin.write(b"p str(event.id)\ncontinue\n")
                process.stdin.flush()
                eventually(lambda: status(terminal, order) == "confirmed", what=printed.read_text)
                assert repr(order) in printed.read_text()
            finally:
                process.kill()  # One that stands at its prompt would not end by itself.
