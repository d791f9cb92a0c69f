"""`make check` in a copy of the repository."""

import subprocess
import sys
from pathlib import Path

from tests.support.terminal import of_a_reader


def make_check(folder: Path) -> None:
    """Run it with the packages of these tests, whether or not they are the newest."""
    command = ["make", f"--assume-old={sys.prefix}/.installed-dev", f"VENV={sys.prefix}", "check"]
    done = subprocess.run(
        command, check=False, cwd=folder, env=of_a_reader(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
