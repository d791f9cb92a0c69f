"""A copy without a part passes `make check`, its own tests, and compose reads its files."""

import subprocess
import sys
from pathlib import Path

import pytest

from apps.start_project.parts.offered import PARTS
from tests.start_project.composed import of_compose
from tests.start_project.copies import copy_without
from tests.start_project.test_copy_at_work import READY_WITHIN_SECONDS, buy
from tests.start_project.test_without import ALL, chosen
from tests.support.make_check import make_check, make_test
from tests.support.terminal import Terminal, of_a_reader
from tests.support.waiting import eventually

WHOLE_SHOPS = ("acceptance", "failures", "system")
"""Folders of tests that run many processes for minutes; `make test` of a copy has them too."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=[*PARTS, *([ALL] if len(PARTS) > 1 else [])])
def without(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def copy(without: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_without(chosen(without), "tea_house", tmp_path_factory.mktemp("without"))


def test_make_check_passes(copy: Path) -> None:
    make_check(copy)


def test_its_tests_pass(copy: Path, without: str) -> None:
    """All of them where all parts are left out; else those that need no whole shop."""
    if without == ALL:
        make_test(copy)
        return
    others = [f"--ignore=tests/{folder}" for folder in WHOLE_SHOPS]
    tests = [sys.executable, "-m", "pytest", "tests", "-q", "-n", "2", *others]
    done = subprocess.run(
        tests, check=False, cwd=copy, env=of_a_reader(), capture_output=True, text=True
    )
    assert (done.returncode, "[100%]" in done.stdout) == (0, True), done.stdout + done.stderr


def test_compose_reads_its_file(copy: Path) -> None:
    assert "outbox_relay" in of_compose(copy, "config", "--services").split()


@pytest.mark.parametrize("name", [part for part in PARTS if part != "sample-shop"])
def test_its_demo_takes_an_order_and_sends_the_mail(name: str, tmp_path: Path) -> None:
    terminal = Terminal(copy_without(chosen(name), "tea_house", tmp_path))
    with terminal.running("python manage.py demo"):
        eventually(terminal.is_ready, within=READY_WITHIN_SECONDS, what=terminal.said)
        buy(terminal)
