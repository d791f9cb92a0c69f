"""Each scaffold in a copy: its checks, all tests of the project, and the running demo."""

import re
import shutil
import subprocess
import urllib.request
from pathlib import Path

import pytest

from tests.support.make_check import make_check
from tests.support.terminal import Terminal, python, with_our_packages
from tests.support.waiting import eventually

ROOT = Path(__file__).parents[2]
SCAFFOLDS = (
    "new_event orders.shipped --app orders",
    "new_job invoice --app orders",
    "new_responder stock.lookup --app catalog",
)
READY_WITHIN_SECONDS = 120.0

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository with one of each, as the commands write them."""
    folder = tmp_path_factory.mktemp("scaffolds") / "shop"
    left_out = shutil.ignore_patterns(".git", ".venv", ".demo", ".bench", ".mypy_cache", ".clients")
    shutil.copytree(ROOT, folder, ignore=left_out, symlinks=True)
    for line in SCAFFOLDS:
        done = manage(folder, *line.split())
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


def manage(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return python(folder, "manage.py", *arguments)


def test_make_check_passes(copy: Path) -> None:
    make_check(copy)


def test_all_tests_of_the_project_pass(copy: Path) -> None:
    arguments = ["-m", "pytest", "-n", "4"]
    # What start_project leaves out, a new message uses; no project of a reader has that command.
    arguments.append("--ignore=tests/start_project")
    done = python(copy, *arguments)
    assert (done.returncode, "[100%]" in done.stdout) == (0, True), done.stdout + done.stderr


def test_a_second_run_is_refused_and_changes_nothing(copy: Path) -> None:
    before = {path: path.read_bytes() for path in (copy / "apps").rglob("*.py")}
    for line in SCAFFOLDS:
        done = manage(copy, *line.split())
        assert (done.returncode, "already" in done.stderr) == (1, True), done.stderr
    assert {path: path.read_bytes() for path in (copy / "apps").rglob("*.py")} == before


def test_the_demo_plays_the_new_event_and_the_map_has_its_process(copy: Path) -> None:
    terminal = Terminal(copy)
    page_of_it = (copy / "docs" / "extending.md").read_text()
    (record,) = re.findall(r"^make manage ARGS=.*record_orders_shipped.*$", page_of_it, re.M)
    with terminal.running("python manage.py demo"):
        eventually(terminal.is_ready, within=READY_WITHIN_SECONDS, what=terminal.said)
        page = f"http://127.0.0.1:{terminal.port}/lab/"
        with urllib.request.urlopen(page, timeout=60) as response:
            drawn = response.read().decode()
        assert 'data-node="orders_shipped"' in drawn
        terminal.answer(with_our_packages(record))
        eventually(lambda: "orders shipped" in terminal.said(), within=30, what=terminal.said)
        letters = terminal.answer("python manage.py demo --manage dead_letters list")
        assert "orders.shipped" not in letters
