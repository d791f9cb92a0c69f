"""Workers that are stopped, paused, continued, killed, started and scaled: real processes."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.demo.supervisor import process as process_module
from apps.demo.supervisor import workers_by_hand
from apps.demo.supervisor.process import Stage
from tests.demo.processes import is_running
from tests.demo.supervisor.by_hand import INSTANCES, Bench, bench_with, stays
from tests.demo.supervisor.test_supervising import after, program


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with bench_with(tmp_path / "socket", stays()) as bench:
        bench.becomes("running")
        yield bench


def test_a_stopped_worker_is_not_started_again(bench: Bench) -> None:
    (pid,) = bench.pids()
    assert bench.ask("stop")["error"] == ""
    bench.becomes("stopped")
    assert not is_running(pid)
    bench.supervisor.run(until=after(1.5))
    assert bench.state() == ["stopped"]
    assert bench.log.said("one was killed by SIGTERM; it stays stopped")


def test_a_stopped_worker_is_started(bench: Bench) -> None:
    bench.ask("stop")
    bench.becomes("stopped")
    bench.ask("start")
    bench.becomes("running")
    assert bench.rows()[0]["died_at"] == 0


def test_a_paused_worker_keeps_its_process(bench: Bench) -> None:
    before = bench.pids()
    bench.ask("pause")
    bench.becomes("paused")
    bench.ask("continue")
    bench.becomes("running")
    assert bench.pids() == before


def test_a_pause_is_known_before_the_kernel_reports_it(bench: Bench) -> None:
    """On a busy machine a restore came in between, and the process stayed paused for ever."""
    bench.ask("pause")
    assert bench.rows()[0]["state"] == "paused"
    bench.ask("restore")
    assert bench.rows()[0]["state"] == "running"


def test_a_signal_of_others_is_seen_too(bench: Bench) -> None:
    (pid,) = bench.pids()
    os.kill(pid, signal.SIGSTOP)
    bench.becomes("paused")
    os.kill(pid, signal.SIGCONT)
    bench.becomes("running")


def test_a_killed_worker_is_started_again_and_its_death_is_recorded(bench: Bench) -> None:
    (before,) = bench.pids()
    bench.ask("kill")
    bench.becomes("ended")
    bench.becomes("running")
    (row,) = bench.rows()
    assert row["pid"] != before
    assert row["exit_code"] == -signal.SIGKILL
    assert row["died_at"] > 0


def test_a_paused_worker_can_be_stopped_and_killed(bench: Bench) -> None:
    for act, state in (("stop", "stopped"), ("kill", "running")):
        bench.ask("pause")
        bench.becomes("paused")
        bench.ask(act)
        bench.becomes(state)
        bench.ask("start")
        bench.becomes("running")


def test_a_worker_that_waits_for_its_restart_can_be_stopped(bench: Bench) -> None:
    bench.ask("kill")
    bench.becomes("ended")
    bench.ask("stop")
    assert bench.state() == ["stopped"]
    bench.supervisor.run(until=after(1.5))
    assert bench.state() == ["stopped"]


def test_one_that_does_not_stop_is_killed_and_stays_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_module, "GRACE_SECONDS", 0.3)
    with bench_with(tmp_path / "socket", program("refuse")) as bench:
        bench.until(lambda: bench.log.said("refusing"))
        bench.ask("stop")
        assert bench.rows()[0]["possible"] == ("start", "kill")
        bench.becomes("stopped")


def test_a_start_while_it_stops_starts_it_after_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_module, "GRACE_SECONDS", 1.5)
    with bench_with(tmp_path / "socket", program("refuse")) as bench:
        bench.until(lambda: bench.log.said("refusing"))
        before = bench.pids()
        bench.ask("stop")
        bench.ask("start")
        assert bench.state() == ["restarting"]
        bench.becomes("running")
        assert bench.pids() != before
        assert bench.rows()[0]["died_at"] == 0


def test_each_instance_has_a_number_and_a_name_of_its_own(bench: Bench) -> None:
    bench.ask("scale", count=3)
    bench.becomes(*["running"] * 3)
    bench.until(lambda: len(bench.log.said(r"pid=")) == 3)
    assert [each["instance"] for each in bench.rows()] == [1, 2, 3]
    said = bench.log.said(r"(?m)^(one[.\d]* +\| )pid=.* instance=\d?$")
    assert sorted(said) == ["one      | ", "one.2    | ", "one.3    | "]
    assert sorted(bench.log.said(r"(?m) instance=(\d?)$")) == ["", "2", "3"]


def test_scaled_down_the_last_ones_leave(bench: Bench) -> None:
    bench.ask("scale", count=4)
    bench.becomes(*["running"] * 4)
    first = bench.pids()[0]
    bench.ask("scale", count=1)
    bench.becomes("running")
    assert bench.pids() == [first]


def test_a_leaving_instance_is_taken_back(tmp_path: Path) -> None:
    with bench_with(tmp_path / "socket", stays(), program("refuse", instance="2")) as bench:
        bench.until(lambda: bench.log.said("refusing"))
        bench.ask("scale", count=1)
        assert [each["leaves"] for each in bench.rows()] == [False, True]
        bench.ask("scale", count=2)
        assert [each["state"] for each in bench.rows()] == ["running", "restarting"]
        bench.ask("kill", instance=2)
        bench.becomes("running", "running")


def test_a_stopped_instance_counts(bench: Bench) -> None:
    bench.ask("scale", count=2)
    bench.becomes("running", "running")
    bench.ask("stop", instance=1)
    bench.becomes("stopped", "running")
    bench.ask("scale", count=1)
    bench.becomes("stopped")


def test_all_can_be_restored_as_at_the_start(tmp_path: Path) -> None:
    with bench_with(tmp_path / "socket", stays(), stays("two")) as bench:
        bench.ask("scale", count=3)
        bench.ask("stop")
        bench.ask("pause", "two")
        bench.becomes("stopped", "running", "running")
        bench.becomes("paused", worker="two")
        bench.ask("restore")
        bench.becomes("running")
        bench.becomes("running", worker="two")


@pytest.mark.parametrize("count", [-1, 0, 6, 10**30])
def test_a_worker_has_one_to_five_instances(bench: Bench, count: int) -> None:
    assert bench.ask("scale", count=count)["error"].startswith("one has 1 to 5 instances, and not")
    assert bench.state() == ["running"]


def test_the_clock_runs_once(tmp_path: Path) -> None:
    with bench_with(tmp_path / "socket", stays("clock", most=1)) as bench:
        assert bench.ask("scale", "clock", count=2)["error"] == (
            "clock has 1 to 1 instances, and not 2."
        )


def test_all_processes_together_are_limited(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers_by_hand, "MOST_IN_ALL", 3)
    assert "at most 3" in bench.ask("scale", count=4)["error"]
    assert bench.ask("scale", count=3)["error"] == ""


def test_a_full_house_is_restored_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first worker has too few, and no place is free until the others have left."""
    monkeypatch.setattr(workers_by_hand, "MOST_IN_ALL", 3)
    monkeypatch.setitem(INSTANCES, "one", 2)
    with bench_with(tmp_path / "socket", stays(), stays("two")) as bench:
        bench.ask("scale", "two", count=2)
        assert bench.ask("restore")["error"] == ""
        bench.becomes("running", "running")
        bench.becomes("running", worker="two")


@pytest.mark.parametrize(
    ("act", "state"), [("start", "running"), ("continue", "running"), ("pause", "stopped")]
)
def test_what_is_not_possible_is_refused_with_what_is(bench: Bench, act: str, state: str) -> None:
    if state == "stopped":
        bench.ask("stop")
        bench.becomes("stopped")
    error = bench.ask(act)["error"]
    assert error.startswith(f"Instance 1 of one is {state}, so it cannot {act}: ")


def test_who_is_no_worker_of_the_supervisor_is_out_of_reach(tmp_path: Path) -> None:
    with bench_with(tmp_path / "socket", stays(), stays("server", stage=Stage.SERVER)) as bench:
        assert "no worker 'server': one, two, clock" in bench.ask("kill", "server")["error"]
        assert "left out at the start" in bench.ask("stop", "two")["error"]
        assert "no instance 2: there are 1" in bench.ask("stop", instance=2)["error"]
        assert bench.rows("server") == []


def test_the_end_asks_paused_workers_too_and_waits_for_no_stopped_one(tmp_path: Path) -> None:
    says = program("say goodbye", name="two")
    with bench_with(tmp_path / "socket", stays(), says) as bench:
        bench.until(lambda: bench.log.said("listening"))
        bench.ask("pause", "two")
        bench.ask("stop", "one")
        bench.becomes("paused", worker="two")
        log = bench.log
        bench.supervisor.stop()
        assert log.said(r"two +\| goodbye")
        assert not [each for each in bench.supervisor.processes if each.pid]
