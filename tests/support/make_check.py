"""`make check` and `make test` in a copy of the repository."""

import subprocess
import sys
from pathlib import Path

from tests.support.terminal import of_a_reader


def make_check(folder: Path) -> None:
    _make(folder, "check")


def make_test(folder: Path) -> None:
    """Run all tests there that are neither slow nor in a browser, on both databases."""
    _make(folder, "test")


def _make(folder: Path, target: str) -> None:
    """Run it with the packages of these tests, whether or not they are the newest."""
    command = ["make", f"--assume-old={sys.prefix}/.installed-dev", f"VENV={sys.prefix}", target]
    done = subprocess.run(
        command, check=False, cwd=folder, env=of_a_reader(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
