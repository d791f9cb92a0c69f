"""Each scaffold in a copy: its checks, all tests of the project, and the running demo."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.make_check import make_check
from tests.support.terminal import Terminal, python, with_our_packages
from tests.support.waiting import eventually

ROOT = Path(__file__).parents[2]
READY_WITHIN_SECONDS = 120.0
HANDLED_WITHIN_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class Scaffold:
    """A command; a line that sends what it made; what is said of it; its process on the map."""

    command: str
    sends: str
    said: str
    node: str


NEW_EVENT = Scaffold(
    command="new_event orders.shipped --app orders",
    sends="from apps.orders.services import record_orders_shipped as it; it(id=ID)",
    said="orders shipped",
    node="orders_shipped",
)
NEW_JOB = Scaffold(
    command="new_job invoice --app orders",
    sends="from apps.orders.services import ask_for_invoice as it; it(id=ID)",
    said="invoice_worker",
    node="invoice_worker",
)
NEW_RESPONDER = Scaffold(
    command="new_responder stock.lookup --app catalog",
    sends="from apps.catalog.client import ask_stock_lookup as it; print(it(str(ID)))",
    said="id='",
    node="stock_lookup_responder",
)
SCAFFOLDS = [NEW_EVENT, NEW_JOB, NEW_RESPONDER]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository with one of each, as the commands write them."""
    folder = tmp_path_factory.mktemp("scaffolds") / "shop"
    left_out = shutil.ignore_patterns(".git", ".venv", ".demo", ".bench", ".mypy_cache", ".clients")
    shutil.copytree(ROOT, folder, ignore=left_out, symlinks=True)
    for each in SCAFFOLDS:
        done = manage(folder, *each.command.split())
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
    for each in SCAFFOLDS:
        done = manage(copy, *each.command.split())
        assert (done.returncode, "already" in done.stderr) == (1, True), done.stderr
    assert {path: path.read_bytes() for path in (copy / "apps").rglob("*.py")} == before


def test_the_demo_plays_what_is_new_and_the_map_has_its_processes(copy: Path) -> None:
    """The line has an id of its own, which the log of the worker or the answer has too."""
    terminal = Terminal(copy)
    page_of_it = (copy / "docs" / "extending.md").read_text()
    (record,) = re.findall(r"^make manage ARGS=.*record_orders_shipped.*$", page_of_it, re.M)
    with terminal.running("python manage.py demo"):
        eventually(terminal.is_ready, within=READY_WITHIN_SECONDS, what=terminal.said)
        drawn = terminal.page("/lab/")
        assert [each for each in SCAFFOLDS if f'data-node="{each.node}"' not in drawn] == []
        terminal.answer(with_our_packages(record))
        eventually(lambda: "orders shipped" in terminal.said(), within=30, what=terminal.said)
        for each in SCAFFOLDS:
            play(each, terminal)
        letters = terminal.answer("python manage.py demo --manage dead_letters list")
        assert not {"orders.shipped", "invoice"} & set(letters.split())


def play(scaffold: Scaffold, terminal: Terminal) -> None:
    """Send the message, and wait until its handler has said so, or the answer is there."""
    id = uuid4()
    sends = scaffold.sends.replace("ID", f"UUID('{id}')")
    line = f"from uuid import UUID; {sends}"
    answered = terminal.answer(f'python manage.py demo --manage shell -c "{line}"')

    def is_said() -> bool:
        lines = [*answered.splitlines(), *terminal.said().splitlines()]
        return any(scaffold.said in each and str(id) in each for each in lines)

    eventually(is_said, within=HANDLED_WITHIN_SECONDS, what=terminal.said)
