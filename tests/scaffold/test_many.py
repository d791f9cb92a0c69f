"""Fifty new messages: no file that the commands write becomes too long for its next one."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from apps.scaffold.new_event import new_event
from apps.scaffold.new_job import new_job
from apps.scaffold.tree import LONGEST_FILE

ROOT = Path(__file__).parents[2]
READ = (
    *("apps/catalog", "apps/orders", "orders_site/conf", "workers"),
    *("deploy", "docker-compose.yml", ".env.example", ".vscode"),
)
"""What the edits read. Of all apps they would be slow: each looks for its class in every module."""
WORDS = [f"{first}{second}" for first in ("dry", "warm", "hot") for second in "abcdefghi"]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """These files after an event and a job of each word, formatted at the end."""
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
    lengths = {path: len(path.read_text().splitlines()) for path in copy.rglob("*.py")}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}
    workers = lists_of(copy / "orders_site" / "conf" / "worker_processes.py")["WORKERS"]
    events, jobs = (
        {f"orders_{word}_consumer" for word in WORDS},
        {f"{word}_labels_worker" for word in WORDS},
    )
    assert len(events | jobs) >= 50
    assert events | jobs <= set(workers)


def test_there_is_room_for_fifty_more(copy: Path) -> None:
    for name in ("messaging", "worker_processes"):
        path = copy / "orders_site" / "conf" / f"{name}.py"
        assert len(path.read_text().splitlines()) + 50 <= LONGEST_FILE


def test_a_message_whose_module_is_full_has_one_of_its_own(copy: Path) -> None:
    consumers = lists_of(copy / "orders_site" / "conf" / "messaging.py")["CONSUMERS"]
    names = {f"ORDERS_{word.upper()}" for word in WORDS}
    of_orders = [path for path in consumers if path.rpartition(".")[2] in names]
    alone = [path for path in of_orders if not path.startswith("apps.orders.handlers.")]
    assert 0 < len(alone) < len(of_orders) == len(WORDS)
    for path in alone:
        module, _, constant = path.rpartition(".")
        text = (copy / f"{module.replace('.', '/')}.py").read_text()
        assert f"{constant} = Consumer(" in text
        worker = (copy / "workers" / f"{constant.lower()}_consumer.py").read_text()
        assert f"from {module} import {constant}" in worker


def test_each_message_is_declared_once(copy: Path) -> None:
    contracts = lists_of(copy / "orders_site" / "conf" / "messaging.py")["CONTRACTS"]
    assert len(contracts) == len(set(contracts))
    modules = [path.removesuffix(".CONTRACTS").replace(".", "/") for path in contracts]
    files = [copy / f"{module}.py" for module in modules]
    texts = "".join(file.read_text() for file in files if file.exists())
    for word in WORDS:
        assert texts.count(f"class Order{word.title()}(Event):") == 1
        assert texts.count(f"class {word.title()}LabelsJob(Job):") == 1
