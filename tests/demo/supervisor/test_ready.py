"""The demo's wait for its shop has a limit, and its error names the missing part."""

import subprocess

import pytest

from apps.demo.supervisor import programs
from apps.demo.supervisor.ready import reason_against, wait_until_ready
from tests.support.ports import free_port


def test_waiting_has_a_limit_and_names_the_reason() -> None:
    port = free_port()
    reason = reason_against(port)
    assert reason
    with pytest.raises(SystemExit) as ended:
        wait_until_ready(port, seconds=0.2)
    assert ended.value.code == f"the shop is not ready after 0.2 s: {reason}"


def test_the_demo_has_that_limit_unless_a_person_starts_what_is_missing() -> None:
    port = free_port()
    usual = programs.ready(port=port, waits_for_a_person=False).command
    patient = programs.ready(port=port, waits_for_a_person=True).command
    assert patient == [*usual, "inf"]
    done = subprocess.run([*usual, "0.2"], check=False, capture_output=True, text=True)
    assert (done.returncode, "not ready after 0.2 s" in done.stderr) == (1, True)
