"""`pytest -n 2`: one process collects, others run the tests, and one report comes of it."""

import os
import re
import subprocess
from pathlib import Path

from tests.support.python import run_python

PLUGINS = ("tests.plugins.parallel", "tests.plugins.processes")
ONE = """
import os
import pytest

@pytest.fixture(scope="session")
def shared():
    yield os.getpid()
    print("torn down in", os.getpid())

def test_passes(shared): ...

@pytest.mark.skip(reason="rain")
def test_is_skipped(): ...

def test_fails(shared):
    print("seen by", shared)
    assert shared == 0, "no tea"
"""
OTHER = """
import warnings

def test_passes():
    warnings.warn("hot", UserWarning)
"""
LOGS = """
import logging

def test_logs_and_fails():
    logging.getLogger("kitchen").warning("the kettle boils")
    assert False
"""
CRASHES = """
import os

def test_ends_its_process():
    os._exit(7)
"""


def run(folder: Path, *options: str, **files: str) -> "subprocess.CompletedProcess[str]":
    """Run these files as tests, with our plugins and without our fixtures."""
    for name, text in files.items():
        (folder / f"test_{name}.py").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\n")
    plugins = [word for name in ("no:xdist", "no:cacheprovider", *PLUGINS) for word in ("-p", name)]
    where = ("-c", str(folder / "pytest.ini"), f"--basetemp={folder / 'tmp'}", str(folder))
    command = ("-m", "pytest", "--ds=tests.settings", *plugins, *options, *where)
    return run_python(*command, env=dict(os.environ))


def test_results_of_all_processes_are_one_report(tmp_path: Path) -> None:
    done = run(tmp_path, "-n", "2", one=ONE, other=OTHER)
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(r"1 failed, 2 passed, 1 skipped", done.stdout)
    assert "AssertionError: no tea" in done.stdout
    assert "UserWarning: hot" in done.stdout


def test_fixtures_of_the_session_end_with_their_process(tmp_path: Path) -> None:
    done = run(tmp_path, "-n", "1", one=ONE)
    seen, ended = (
        re.search(rf"{words} (\d+)", done.stdout) for words in ("seen by", "torn down in")
    )
    assert seen, done.stdout
    assert ended
    assert seen[1] == ended[1]


def test_a_process_that_crashes_ends_the_run_and_names_its_test(tmp_path: Path) -> None:
    done = run(tmp_path, "-n", "2", crashes=CRASHES, other=OTHER)
    assert done.returncode == 2, done.stdout + done.stderr
    assert re.search(
        r"a process ended with 7, at test_crashes.py::test_ends_its_process", done.stdout
    )


def test_a_failure_comes_with_what_its_process_logged(tmp_path: Path) -> None:
    done = run(tmp_path, "-n", "2", logs=LOGS)
    assert "the kettle boils" in done.stdout.partition("Captured stderr call")[2]
    assert "Logging error" not in done.stdout


def test_with_x_the_first_failure_ends_the_run(tmp_path: Path) -> None:
    done = run(tmp_path, "-n", "1", "-x", one=ONE, other=CRASHES)
    assert "stopping after 1 failures" in done.stdout
    assert "test_ends_its_process" not in done.stdout
