"""Fifty new messages: no file that the commands write becomes too long for its next one."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from apps.scaffold.new_event import new_event
from apps.scaffold.new_job import new_job
from apps.scaffold.new_responder import new_responder
from apps.scaffold.tree import LONGEST_FILE

ROOT = Path(__file__).parents[2]
READ = (
    *("apps/catalog", "apps/orders", "orders_site/conf", "workers"),
    *("deploy", "docker-compose.yml", ".env.example"),
)
"""What the edits read. Of all apps they would be slow: each looks for its class in every module."""
WORDS = [f"{first}{second}" for first in ("dry", "warm", "cold") for second in "abcdef"]
EACH = len(WORDS)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """These files after eighteen events, jobs and responders each, formatted at the end."""
    copy = tmp_path_factory.mktemp("many")
    for name in READ:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name)
        else:
            shutil.copy(ROOT / name, copy / name)
    for word in WORDS:
        new_event(copy, f"orders.{word}", "orders").save()
        new_job(copy, f"{word}_labels", "catalog").save()
        new_responder(copy, f"stock.{word}", "catalog").save()
    for command in (["check", "--select=I", "--fix"], ["format"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--quiet", "--no-cache", "."]
        subprocess.run(
            [*ruff, "--config", str(ROOT / "pyproject.toml")], check=True, cwd=copy, timeout=60
        )
    return copy


def lists_of(module: Path) -> dict[str, list[str]]:
    """Return name → elements of each list of texts, and the keys of each dict."""
    found = {}
    for node in ast.parse(module.read_text()).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = list(ast.literal_eval(node.value))
    return found


def test_fifty_fit_and_no_module_is_too_long(copy: Path) -> None:
    assert 3 * EACH >= 50
    lengths = {path: len(path.read_text().splitlines()) for path in copy.rglob("*.py")}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}
    lists = lists_of(copy / "orders_site" / "conf" / "messaging.py")
    ours = {
        name: [each for each in paths if "warm" in each.lower()] for name, paths in lists.items()
    }
    assert len(ours["CONSUMERS"]) == len(ours["QUEUES"]) == EACH / 3
    workers = lists_of(copy / "orders_site" / "conf" / "worker_processes.py")["WORKERS"]
    assert sum(worker.startswith(("orders_", "stock_", *WORDS)) for worker in workers) == 3 * EACH


def test_there_is_room_for_fifty_more_of_one_kind(copy: Path) -> None:
    for name in ("messaging", "worker_processes"):
        path = copy / "orders_site" / "conf" / f"{name}.py"
        assert len(path.read_text().splitlines()) + 50 <= LONGEST_FILE


def test_a_message_whose_module_is_full_has_one_of_its_own(copy: Path) -> None:
    apps = copy / "apps"
    lists = lists_of(copy / "orders_site" / "conf" / "messaging.py")
    alone = [path for path in lists["CONSUMERS"] if not path.startswith("apps.orders.handlers.")]
    alone = [path for path in alone if path.startswith("apps.orders.")]
    assert alone
    for path in alone:
        module, constant = path.removeprefix("apps.").rsplit(".", 1)
        text = (apps / f"{module.replace('.', '/')}.py").read_text()
        assert f"{constant} = Consumer(" in text
        worker = (copy / "workers" / f"{constant.lower()}_consumer.py").read_text()
        assert f"from apps.{module} import {constant}" in worker


def test_each_message_is_declared_once(copy: Path) -> None:
    contracts = lists_of(copy / "orders_site" / "conf" / "messaging.py")["CONTRACTS"]
    assert len(contracts) == len(set(contracts))
    modules = {
        copy / f"{path.removesuffix('.CONTRACTS').replace('.', '/')}.py" for path in contracts
    }
    texts = [path.read_text() for path in modules if path.exists()]
    for word in WORDS:
        for name in (
            f"Order{word.title()}",
            f"{word.title()}LabelsJob",
            f"Stock{word.title()}Query",
        ):
            assert sum(f"class {name}(" in text for text in texts) == 1
