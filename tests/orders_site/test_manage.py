"""`manage.py` in a shell with `PYTHONSAFEPATH`, where Python searches no folder by itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.python import ROOT

STARTS_ANOTHER = """
import subprocess, sys
subprocess.run([sys.executable, "-c", "import workers.runner; print('found')"], check=True)
"""


def manage(*arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run it as typed in `folder`; a fork would not read a variable of Python's again."""
    python = {"PYTHONSAFEPATH": "1", "PYTHONPATH": "elsewhere"}
    demo = {"DEMO": "true", "DEMO_DIR": str(folder / "demo")}
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"]} | python | demo,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_doctor_works_and_names_the_variable(tmp_path: Path) -> None:
    done = manage("doctor", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    found = {each["name"]: each["state"] for each in json.loads(done.stdout)["findings"]}
    assert found["PYTHONSAFEPATH"] == "warning"


def test_the_processes_of_a_command_find_the_workers(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('the working directory is searched')")
    done = manage("shell", "--no-imports", "--command", STARTS_ANOTHER, folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "found\n"), done.stderr
