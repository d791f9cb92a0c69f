"""docs/first-event.md, to the letter: its files, its edits and its commands, in a copy."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.checkout import copy_checkout
from tests.support.page_edits import edit
from tests.support.python import ROOT
from tests.support.terminal import Terminal, of_a_reader, with_our_packages
from tests.support.waiting import eventually

PAGE = (ROOT / "docs" / "first-event.md").read_text()
BLOCKS: list[tuple[str, str]] = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
INSTALL, TEST, DEMO, RECORD = (text for language, text in BLOCKS if language == "sh")
SEEN = re.compile(r"^delivery_consumer +\| .*the carrier comes.*parcel=.?5f0c1d6e-", re.MULTILINE)
TICKED = "2 of 2 steps heard"
"""What the lesson about it says then."""
READY_WITHIN_SECONDS = 120.0
SEEN_WITHIN_SECONDS = 10.0


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository with the files and the edits of the page."""
    folder = tmp_path_factory.mktemp("first") / "orders-site"
    copy_checkout(folder)
    for language, block in BLOCKS:
        if language == "python" and (found := re.match(r"# (\S+)\n", block)):
            (folder / found[1]).parent.mkdir(parents=True, exist_ok=True)
            (folder / found[1]).write_text(block[found.end() :])
        elif language == "diff":
            edit(block, folder)
    return folder


@pytest.mark.slow
def test_its_test_passes(clone: Path) -> None:
    command = with_our_packages(TEST)
    done = subprocess.run(
        ["bash", "-c", command], check=False, cwd=clone, env=of_a_reader(), capture_output=True
    )
    assert (done.returncode, b"[100%]" in done.stdout) == (0, True), done.stdout + done.stderr


@pytest.mark.slow
def test_its_event_is_seen_by_its_consumer(clone: Path) -> None:
    terminal = Terminal(clone)
    with terminal.running(f"exec {with_our_packages(DEMO)}"):
        eventually(terminal.is_ready, within=READY_WITHIN_SECONDS, what=terminal.said)
        said = terminal.answer(with_our_packages(RECORD))
        eventually(
            lambda: SEEN.search(terminal.log.read_text()),
            within=SEEN_WITHIN_SECONDS,
            what=lambda: said + terminal.said(),
        )
        assert TICKED in terminal.page("/lab/course/first-event/")


def test_the_page_begins_with_a_clone_that_is_installed() -> None:
    assert [line.split()[:2] for line in INSTALL.splitlines()] == [
        ["git", "clone"],
        ["cd", "orders-site"],
        ["make", "install"],
    ]


def test_each_edit_finds_its_lines(clone: Path) -> None:
    settings = (clone / "orders_site" / "conf" / "messaging.py").read_text()
    assert '    "apps.deliveries.handlers.CONSUMER",\n' in settings
    assert '"apps.deliveries.events.DELIVERIES"]' in settings
    workers = (clone / "orders_site" / "conf" / "worker_processes.py").read_text()
    assert '    "fulfilment_consumer": 1,\n    "delivery_consumer": 1,\n' in workers
