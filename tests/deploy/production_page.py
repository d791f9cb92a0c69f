"""The lines of `docs/production.md`, as its tests type them."""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.postgresql import program
from tests.support.processes import ROOT

PAGE = (ROOT / "docs/production.md").read_text()
LINES: list[str] = re.findall(r"^ *\$ (.+)$", PAGE, re.MULTILINE)


def type_line(beginning: str, environment: Mapping[str, str]) -> str:
    """Run the page's only line that begins so, which must succeed; return what it prints."""
    done = typed_line(beginning, environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def typed_line(
    beginning: str, environment: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    """Run the page's only line that begins so, in the repository.

    What it would write into a file there is in `stdout` too.
    """
    (line,) = [each.partition(" > ")[0] for each in LINES if each.startswith(beginning)]
    path = environment["PATH"]
    if line.startswith("psql"):
        path = f"{Path(program('psql')).parent}:{path}"
    return subprocess.run(
        ["bash", "-c", line.replace("manage.py", f"{sys.executable} manage.py", 1)],
        cwd=ROOT,
        env={**environment, "PATH": path},
        check=False,
        capture_output=True,
        text=True,
    )
