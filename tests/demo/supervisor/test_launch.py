"""How a process of the demo comes to life, forked from one that has no threads."""

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from apps.demo.supervisor.preload import UnsafeToFork, check_safe_to_fork
from tests.demo.processes import is_running, wait_until

STAND_IN = [sys.executable, "-m", "tests.demo.stand_in"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux alone")


@contextmanager
def forked(*command: str) -> Iterator[subprocess.Popen[str]]:
    parent = subprocess.Popen(
        [sys.executable, "-m", "tests.demo.forking", *command], stdout=subprocess.PIPE, text=True
    )
    with parent:
        yield parent
        parent.kill()


def said(parent: subprocess.Popen[str], pattern: str) -> str:
    """Return the pattern's group in the next line that matches."""
    assert parent.stdout
    for line in parent.stdout:
        if match := re.search(pattern, line):
            return match[1]
    raise AssertionError(f"never said {pattern}")


def test_a_module_runs_in_the_fork_itself() -> None:
    with forked(*STAND_IN, "end") as parent:
        pid = said(parent, r"forked=(\d+)")
        assert said(parent, r"pid=(\d+)") == pid


def test_a_fork_has_its_own_group() -> None:
    with forked(*STAND_IN, "end") as parent:
        pid = said(parent, r"forked=(\d+)")
        assert said(parent, r"group=(\d+)") == pid


def test_a_fork_knows_its_instance() -> None:
    with forked(*STAND_IN, "end") as parent:
        assert said(parent, r"instance=(\d+)") == "7"


def test_a_fork_has_its_title_in_ps() -> None:
    with forked(*STAND_IN, "stay") as parent:
        pid = said(parent, r"pid=(\d+)")
        title = Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0 ")
        assert title == "workers.stand_in"


@pytest.mark.parametrize(("what", "code"), [("end", "0"), ("fail", "3")])
def test_the_module_sets_the_exit_code(what: str, code: str) -> None:
    with forked(*STAND_IN, what) as parent:
        assert said(parent, r"code=(\d+)") == code


def test_the_text_of_sys_exit_is_printed() -> None:
    with forked(*STAND_IN, "give its reason") as parent:
        assert said(parent, "^(no room)$")
        assert said(parent, r"code=(\d+)") == "1"


def test_an_unknown_module_exits_with_1() -> None:
    with forked(sys.executable, "-m", "tests.demo.no_such_module") as parent:
        assert said(parent, "(Traceback)")
        assert said(parent, r"code=(\d+)") == "1"


def test_any_other_command_is_executed() -> None:
    with forked("/bin/echo", "hello") as parent:
        assert said(parent, "(hello)")


def test_a_fork_ends_when_its_supervisor_is_killed() -> None:
    with forked(*STAND_IN, "stay") as parent:
        pid = int(said(parent, r"pid=(\d+)"))
        parent.send_signal(signal.SIGKILL)
        wait_until(lambda: not is_running(pid))


def test_a_process_with_a_thread_is_not_forked() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait, name="somebody's loop")
    thread.start()
    with pytest.raises(UnsafeToFork, match="somebody's loop"):
        check_safe_to_fork(set())
    done.set()
    thread.join()
