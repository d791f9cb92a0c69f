"""`make demo RELOAD=1`: changed code is live within three seconds, and broken code is named."""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from apps.demo import reloading
from apps.demo.supervisor import programs
from apps.demo.supervisor.process import Process, Program
from tests.support.checkout import copy_checkout
from tests.support.python import ROOT
from tests.support.terminal import Terminal
from tests.support.waiting import at_most, crowding, eventually

READY_WITHIN_SECONDS = 120.0
LIVE_WITHIN_SECONDS = 3.0
SERVICES = "apps/fulfilment/services.py"


def look(known: dict[Path, int], file: Path, *, since: int) -> bool:
    return reloading.changed(known, [file], since=since) == [file]


def test_a_file_that_is_written_again_has_changed_once(tmp_path: Path) -> None:
    file, known = tmp_path / "a.py", dict[Path, int]()
    file.write_text("")
    began = time.time_ns()
    assert not look(known, file, since=began)
    os.utime(file, (1, 1))
    assert look(known, file, since=began)
    assert not look(known, file, since=began)


def test_a_file_that_changed_before_the_first_look_has_changed(tmp_path: Path) -> None:
    file, known = tmp_path / "a.py", dict[Path, int]()
    file.write_text("")
    assert look(known, file, since=1)
    assert not look(known, file, since=1)


def test_a_file_that_is_saved_during_the_first_look_has_changed(tmp_path: Path) -> None:
    file, known = tmp_path / "a.py", dict[Path, int]()

    def looked_at() -> Iterator[Path]:
        file.write_text("")
        now = time.time_ns()
        os.utime(file, ns=(now, now))
        yield file

    assert reloading.changed(known, looked_at(), since=1) == [file]


def test_a_file_of_a_time_to_come_ends_no_process(tmp_path: Path) -> None:
    file, known = tmp_path / "a.py", dict[Path, int]()
    file.write_text("")
    in_an_hour = time.time() + 3600
    os.utime(file, (in_an_hour, in_an_hour))
    assert not look(known, file, since=1)


def test_a_file_that_an_editor_replaces_is_waited_for(tmp_path: Path) -> None:
    file, known = tmp_path / "a.py", dict[Path, int]()
    file.write_text("")
    began = time.time_ns()
    assert not look(known, file, since=began)
    file.unlink()
    assert not look(known, file, since=began)
    file.write_text("a = 1")
    os.utime(file, (1, 1))
    assert look(known, file, since=began)


def test_the_files_of_a_process_are_those_that_it_has_imported() -> None:
    found = set(reloading.loaded_files())
    assert ROOT / "apps/demo/reloading.py" in found
    assert {each.relative_to(ROOT).parts[0] for each in found} <= set(reloading.OURS)


def test_all_files_have_templates_too() -> None:
    found = set(reloading.all_files())
    assert {ROOT / SERVICES, ROOT / "orders_site/templates/base.html"} <= found


def test_a_file_that_does_not_compile_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(reloading, "ROOT", tmp_path)
    file = tmp_path / "a.py"
    file.write_text("def broken(:\n")
    assert reloading.broken(file).startswith("a.py is not live: invalid syntax")
    file.write_text("A = 1\n")
    assert reloading.broken(file) == ""


def test_a_process_that_ends_for_a_changed_file_starts_again_at_once() -> None:
    process = Process(programs.reloading(Program(name="one", command=["python", "-m", "one", "a"])))
    assert process.program.command[2:] == ["apps.demo.reloading", "python", "-m", "one", "a"]
    process.exit_code = 0
    assert [process.schedule_restart() for _ in range(3)] == [0.0, 0.0, 0.0]
    process.exit_code = 1
    assert process.schedule_restart() == 0.5


STAND_IN = """
import signal, sys, time
from apps import part
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print(part.SAYS, sys.argv[1:], flush=True)
while True:
    time.sleep(0.05)
"""


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    """A project of one worker, which imports one module."""
    (tmp_path / "apps" / "demo").mkdir(parents=True)
    (tmp_path / "workers").mkdir()
    shutil.copy2(str(reloading.__file__), tmp_path / "apps" / "demo" / "reloading.py")
    (tmp_path / "apps" / "part.py").write_text("SAYS = 'old'\n")
    (tmp_path / "apps" / "other.py").write_text("")
    (tmp_path / "workers" / "one.py").write_text(STAND_IN)
    return tmp_path


@contextmanager
def reloaded(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "apps.demo.reloading", "python", "-m", "workers.one", "a"]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_process_ends_for_a_file_that_it_has_imported_and_the_next_has_the_new_code(
    stand_in: Path,
) -> None:
    with reloaded(stand_in) as process:
        assert process.stdout
        assert process.stdout.readline() == "old ['a']\n"
        (stand_in / "apps" / "other.py").write_text("# No part of it.\n")
        (stand_in / "apps" / "part.py").write_text("SAYS = (\n")
        assert "apps/part.py is not live" in process.stdout.readline()
        assert process.poll() is None
        (stand_in / "apps" / "part.py").write_text("SAYS = 'new, and longer'\n")
        assert process.wait(LIVE_WITHIN_SECONDS * crowding()) == 0
    with reloaded(stand_in) as process:
        assert process.stdout
        assert process.stdout.readline() == "new, and longer ['a']\n"


def test_a_file_that_is_broken_at_the_start_is_waited_for(stand_in: Path) -> None:
    part = stand_in / "apps" / "part.py"
    part.write_text("SAYS = (\n")
    with reloaded(stand_in) as process:
        assert process.stdout
        assert "apps/part.py is not live: '(' was never closed" in process.stdout.readline()
        assert process.poll() is None
        part.write_text("SAYS = 'new'\n")
        assert process.wait(LIVE_WITHIN_SECONDS * crowding()) == 0


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A demo of a copy, whose files may be changed."""
    folder = tmp_path_factory.mktemp("reloading")
    copy_checkout(folder, "apps/", "orders_site/", "workers/", "manage.py")
    made = Terminal(folder)
    with made.running(f"exec {sys.executable} manage.py demo --reload"):
        eventually(made.is_ready, within=READY_WITHIN_SECONDS, what=made.said)
        yield made


def reason_of_a_rejection(terminal: Terminal) -> str:
    """Order more than there is; return what the handler has said, or nothing if `web` is away."""
    wanted = {"email": "ann@example.com", "lines": [{"sku": "ABC", "quantity": 9_999}]}

    def ended() -> str:
        return str(terminal.asked(f"/api/orders/{placed['id']}")["reason"])

    try:
        placed = terminal.asked("/api/orders", wanted)
        return eventually(ended, within=10, what=terminal.said)
    except OSError:  # It starts again too: any file may be one of its own.
        return ""


def starts_of(terminal: Terminal, worker: str) -> int:
    lines = re.findall(rf"^{worker} .* started\b", terminal.log.read_text(), re.MULTILINE)
    return len(lines)


@pytest.mark.slow
def test_a_changed_handler_is_live_within_three_seconds(terminal: Terminal) -> None:
    assert reason_of_a_rejection(terminal) == "not enough of ABC in stock"
    before = {name: starts_of(terminal, name) for name in ("fulfilment_consumer", "order_listener")}
    file = terminal.folder / SERVICES
    text = file.read_text()
    assert text.count("reason=str(shortage)") == 1
    file.write_text(text.replace("reason=str(shortage)", 'reason=f"sorry: {shortage}"'))
    eventually(
        lambda: starts_of(terminal, "fulfilment_consumer") > before["fulfilment_consumer"],
        within=LIVE_WITHIN_SECONDS,
        what=terminal.said,
    )
    eventually(
        lambda: reason_of_a_rejection(terminal) == "sorry: not enough of ABC in stock",
        what=terminal.said,
    )
    # It does not import the file.
    assert starts_of(terminal, "order_listener") == before["order_listener"]


@pytest.mark.slow
def test_a_broken_file_is_named_and_the_old_code_goes_on(terminal: Terminal) -> None:
    before = eventually(lambda: reason_of_a_rejection(terminal), what=terminal.said)
    file = terminal.folder / SERVICES
    good = file.read_text()
    file.write_text(f"{good}\ndef broken(:\n")
    named = "apps/fulfilment/services.py is not live: invalid syntax"
    eventually(lambda: named in terminal.log.read_text(), within=LIVE_WITHIN_SECONDS)
    assert reason_of_a_rejection(terminal) == before
    file.write_text(good)


@pytest.mark.slow
def test_a_changed_page_is_live_within_three_seconds(terminal: Terminal) -> None:
    file = terminal.folder / "orders_site/templates/base.html"
    file.write_text(f"{file.read_text()}<!-- changed -->\n")

    def is_live() -> bool:
        try:
            page = f"http://127.0.0.1:{terminal.port}/"
            with urllib.request.urlopen(page, timeout=at_most(LIVE_WITHIN_SECONDS)) as answer:
                return "<!-- changed -->" in answer.read().decode()
        except OSError:  # The old one has ended, and the new one does not listen yet.
            return False

    eventually(is_live, within=LIVE_WITHIN_SECONDS, what=terminal.said)
