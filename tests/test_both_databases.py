"""`make test` runs one command on both databases, and fails if one of the two runs fails."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.support.processes import ROOT
from tests.support.waiting import eventually

NAMES = "import os; print(os.environ.get('TEST_DATABASE', 'sqlite'), flush=True)"
FAILS = f"{NAMES}; raise SystemExit('TEST_DATABASE' in os.environ)"
WAITS = f"""{NAMES}
import pathlib, sys, time
try:
    pathlib.Path(sys.argv[1], os.environ.get('TEST_DATABASE', 'sqlite')).touch()
    time.sleep(60)
except KeyboardInterrupt:
    print("stopped", flush=True)
    raise SystemExit(2)
"""


def both(code: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.both_databases", sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_the_output_of_both_is_shown_and_not_mixed() -> None:
    process = both(NAMES)
    assert process.communicate(timeout=60)[0].split() == ["sqlite", "postgresql"]
    assert process.returncode == 0


def test_a_failure_on_one_database_is_a_failure() -> None:
    process = both(FAILS)
    process.communicate(timeout=60)
    assert process.returncode == 1


def test_ctrl_c_ends_both_and_waits_for_what_they_stop(tmp_path: Path) -> None:
    process = both(WAITS, str(tmp_path))
    eventually(lambda: len(list(tmp_path.iterdir())) == 2)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=60)[0].split()
    assert said == ["sqlite", "stopped", "postgresql", "stopped"]
    assert process.returncode == 1
