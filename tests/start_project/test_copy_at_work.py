"""A copy under a new name works untouched: `make check`, its tests, a demo with an order."""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.start_project.copies import copy_named
from tests.support.make_check import make_check
from tests.support.terminal import Terminal, of_a_reader
from tests.support.waiting import eventually

READY_WITHIN_SECONDS = 120.0
ENDED_WITHIN_SECONDS = 30.0
NAME = "tea_house"
FOLDERS = [
    ["tests/test_architecture.py", "tests/test_pages.py", "tests/test_words.py"],
    ["tests/test_page_statements.py", "tests/demo/test_floors.py", "tests/test_shell.py"],
    [
        "tests/test_commands_of_pages.py",
        "tests/test_first_event.py",
        "tests/demo/test_reloading.py",
    ],
    ["tests/deploy"],
    ["tests/messaging/test_message.py", "tests/messaging/operations"],
    ["tests/orders", "tests/pricing"],
    [f"tests/{NAME}"],
]
"""Those that read the names: of files, the wire, roles, metrics, queues."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_named(NAME, tmp_path_factory.mktemp("copies"))


def test_make_check_passes(copy: Path) -> None:
    make_check(copy)


@pytest.mark.parametrize("paths", FOLDERS, ids=lambda paths: paths[0])
def test_the_tests_of_a_copy_pass(copy: Path, paths: list[str]) -> None:
    tests = [sys.executable, "-m", "pytest", *paths, "-q"]
    done = subprocess.run(
        tests, check=False, cwd=copy, env=of_a_reader(), capture_output=True, text=True
    )
    assert (done.returncode, "[100%]" in done.stdout) == (0, True), done.stdout + done.stderr


def asked(terminal: Terminal, path: str, body: object = None) -> str:
    request = urllib.request.Request(f"http://127.0.0.1:{terminal.port}{path}")
    request.add_header("Content-Type", "application/json")
    request.data = json.dumps(body).encode() if body else None
    with urllib.request.urlopen(request, timeout=60) as response:
        text: str = response.read().decode()
        return text


def test_its_demo_takes_an_order_and_counts_it_under_the_new_name(copy: Path) -> None:
    terminal = Terminal(copy)
    with terminal.running("python manage.py demo"):
        eventually(terminal.is_ready, within=READY_WITHIN_SECONDS, what=terminal.said)
        sku = json.loads(asked(terminal, "/api/products?limit=1"))["items"][0]["sku"]
        wanted = {"email": "ann@example.com", "lines": [{"sku": sku, "quantity": 1}]}
        placed: dict[str, Any] = json.loads(asked(terminal, "/api/orders", wanted))
        eventually(
            lambda: '"confirmed"' in asked(terminal, f"/api/orders/{placed['id']}"),
            within=ENDED_WITHIN_SECONDS,
            what=terminal.said,
        )
        assert f"\n{NAME}_outbox_unsent " in asked(terminal, "/metrics")
        assert "· Tea house</title>" in asked(terminal, "/")
