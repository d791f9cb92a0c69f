"""A program in a fork of the preloaded process behaves as in a new Python process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.python import run_python

ENV = {"PATH": os.environ["PATH"], "LEAVES": "dry", "TZ": "Asia/Tokyo"}
PROGRAMS = [
    ["-c", "import sys; print(sys.argv, __name__)", "more"],
    ["-c", "import os; print(os.environ.get('LEAVES'), os.environ.get('HOME'))"],
    ["-c", "import time; print(time.strftime('%Z', time.localtime(0)))"],
    ["-c", "import os, sys; print(os.getcwd(), sys.path[0] in ('', os.getcwd()))"],
    ["-c", "raise SystemExit('cold')"],
    ["-c", "raise SystemExit(3)"],
    ["-c", "import os; os.kill(os.getpid(), 9)"],
    ["-c", "import os; os._exit(7)"],
    ["-c", "import atexit; atexit.register(print, 'bye')"],
    ["-c", "import threading; threading.Timer(0.1, print, ['late']).start()"],
    ["-m", "json.tool", "--help"],
    ["manage.py", "check", "--help"],
]


@pytest.mark.parametrize("program", PROGRAMS, ids=" ".join)
def test_its_exit_code_and_output_are_the_same(program: list[str], tmp_path: Path) -> None:
    env = ENV | {"DEMO": "true", "DEMO_DIR": str(tmp_path / "demo")}
    of_its_own = subprocess.run(
        [sys.executable, *program],
        cwd=Path(__file__).parents[1],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    forked = run_python(*program, env=env)
    assert (forked.returncode, forked.stdout, forked.stderr) == (
        of_its_own.returncode,
        of_its_own.stdout,
        of_its_own.stderr,
    )


def test_an_error_is_shown() -> None:
    forked = run_python("-c", "1 / 0", env=ENV)
    assert forked.returncode == 1
    assert forked.stderr.endswith("ZeroDivisionError: division by zero\n")


def test_with_check_a_failure_is_raised() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        run_python("-c", "1 / 0", env=ENV, check=True)
