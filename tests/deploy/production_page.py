"""The lines of `docs/production.md`, as its tests type them."""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.postgresql import program
from tests.support.processes import ROOT

PAGE = (ROOT / "docs/production.md").read_text()
LINES: list[str] = re.findall(r"^\$ (.+)$", PAGE, re.MULTILINE)


def type_line(beginning: str, environment: Mapping[str, str]) -> str:
    """Run the page's only line that begins so, in the repository; return what it prints.

    What it would write into a file there is returned too.
    """
    (line,) = [each.partition(" > ")[0] for each in LINES if each.startswith(beginning)]
    psql = Path(program("psql")).parent
    done = subprocess.run(
        ["bash", "-c", line.replace("manage.py", f"{sys.executable} manage.py", 1)],
        cwd=ROOT,
        env={**environment, "PATH": f"{psql}:{environment['PATH']}"},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout
