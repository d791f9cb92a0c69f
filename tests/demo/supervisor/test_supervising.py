"""The supervisor with stand-in processes, each a new interpreter: pytest's own has threads."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from apps.demo.errors import ProgramFailed
from apps.demo.supervisor.process import Process, Program, Stage
from apps.demo.supervisor.supervising import (
    STOP_WITHIN_SECONDS,
    StopRequested,
    Supervisor,
    supervising,
)
from apps.messaging.handling.watchdog import EXIT_CODE, STOOD_STILL
from tests.demo.demo_log import DemoLog, demo_log
from tests.demo.processes import PATIENCE, is_running, wait_until
from tests.support.ports import free_port


def program(what: str, *, name: str = "one", **options: object) -> Program:
    command = [sys.executable, "-m", "tests.demo.stand_in", what]
    return Program(name=name, command=command, **options)  # type: ignore[arg-type]


@contextmanager
def supervised(*programs: Program) -> Iterator[tuple[Supervisor, DemoLog]]:
    with demo_log() as log, supervising(log.output, fork=False) as supervisor:
        supervisor.start(*programs)
        yield supervisor, log


def run_until(supervisor: Supervisor, condition: Callable[[], object]) -> None:
    give_up = time.monotonic() + PATIENCE
    supervisor.run(until=lambda: bool(condition()) or time.monotonic() > give_up)
    assert condition()


def pid_of(supervisor: Supervisor, name: str = "one") -> int:
    (process,) = (each for each in supervisor.processes if each.program.name == name)
    assert process.pid
    return process.pid


def test_lines_begin_with_process_and_instance() -> None:
    with supervised(program("stay", instance="2")) as (supervisor, log):
        run_until(supervisor, lambda: log.said(r"(?m)^one\.2 {4}\| pid=\d+ .* instance=2$"))


def test_each_process_has_its_own_group() -> None:
    with supervised(program("stay")) as (supervisor, log):
        run_until(supervisor, lambda: log.said("pid="))
        (pid,), (group,) = log.said(r"pid=(\d+)"), log.said(r"group=(\d+)")
        assert pid == group
        assert log.said(r"session=(\d+)") == [str(os.getsid(0))]


def test_a_killed_process_is_restarted_and_logged() -> None:
    with supervised(program("stay")) as (supervisor, log):
        run_until(supervisor, lambda: log.said("pid="))
        os.kill(pid_of(supervisor), signal.SIGKILL)
        run_until(supervisor, lambda: len(set(log.said(r"pid=(\d+)"))) == 2)
        assert log.said(r"one was killed by SIGKILL; starting it again in 0.5 s")


def test_the_restart_delay_grows_to_five_seconds() -> None:
    process = Process(program("fail"), started_at=time.monotonic())
    delays = [process.schedule_restart() for _ in range(6)]
    assert delays == [0.5, 1, 2, 4, 5, 5]


def test_ten_seconds_alive_reset_the_restart_delay() -> None:
    process = Process(program("fail"), started_at=time.monotonic() - 10, next_delay=5)
    assert process.schedule_restart() == 0.5


@pytest.mark.parametrize("code", [0, EXIT_CODE, STOOD_STILL], ids=["done", "hung", "blocked"])
def test_a_process_that_exits_is_restarted_whatever_its_code(code: int) -> None:
    say_and_exit = f"import os; os.write(1, b'pid=%d\\n' % os.getpid()); os._exit({code})"
    exits = Program(name="one", command=[sys.executable, "-S", "-c", say_and_exit])
    with supervised(exits) as (supervisor, log):
        run_until(supervisor, lambda: len(log.said(r"pid=(\d+)")) == 2)
        assert log.said(f"one ended with {code}; starting it again")


def test_children_of_a_killed_process_are_killed() -> None:
    with supervised(program("have a child")) as (supervisor, log):
        run_until(supervisor, lambda: log.said(r"child=(\d+)"))
        child = int(log.said(r"child=(\d+)")[0])
        os.kill(pid_of(supervisor), signal.SIGKILL)
        run_until(supervisor, lambda: len(log.said(r"child=(\d+)")) == 2)
        run_until(supervisor, lambda: not is_running(child))


def test_a_program_waits_for_the_ports_that_it_needs() -> None:
    port = free_port()
    server = Program(
        name="server",
        command=[sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)],
    )
    with supervised(program("stay", needs_ports=(port,))) as (supervisor, log):
        supervisor.run(until=after(0.2))
        assert not log.said("pid=")
        supervisor.start(server)
        run_until(supervisor, lambda: log.said("pid="))


def after(seconds: float) -> Callable[[], bool]:
    then = time.monotonic() + seconds
    return lambda: time.monotonic() > then


def test_a_restarted_sqs_server_is_provisioned_again() -> None:
    provision = program("end", name="provide", ends=True)
    with supervised(program("stay", after_restart=provision)) as (supervisor, log):
        run_until(supervisor, lambda: log.said("one .*pid="))
        assert not log.said("provide")
        os.kill(pid_of(supervisor), signal.SIGKILL)
        run_until(supervisor, lambda: log.said("provide .*pid="))
        run_until(supervisor, lambda: len(supervisor.processes) == 1)


def test_failed_provisioning_is_retried() -> None:
    with supervised(program("fail", ends=True)) as (supervisor, log):
        run_until(supervisor, lambda: len(log.said("one .*pid=")) == 2)


def test_a_failed_first_step_stops_the_start() -> None:
    with supervised() as (supervisor, _), pytest.raises(ProgramFailed, match="one failed"):
        supervisor.wait_for(supervisor.once(program("fail")))


def test_a_first_step_runs_once() -> None:
    with supervised() as (supervisor, log):
        supervisor.wait_for(supervisor.once(program("end")))
        assert supervisor.processes == []
        run_until(supervisor, lambda: log.said("pid="))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_run(number: signal.Signals) -> None:
    with supervised(program("stay")) as (supervisor, _):
        os.kill(os.getpid(), number)
        with pytest.raises(StopRequested):
            supervisor.run(until=after(PATIENCE))


def test_signal_handlers_are_restored() -> None:
    before = signal.getsignal(signal.SIGINT)
    with supervised():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before


def test_stages_stop_one_after_the_other() -> None:
    names = {"server": Stage.SERVER, "door": Stage.DOOR, "work": Stage.WORK}
    programs = [program("say goodbye", name=name, stage=stage) for name, stage in names.items()]
    with demo_log() as log:
        with supervising(log.output, fork=False) as supervisor:
            supervisor.start(*programs)
            run_until(supervisor, lambda: len(log.said("listening")) == 3)
        assert log.said(r"(\w+) +\| goodbye") == ["door", "work", "server"]


def test_nothing_is_left_running() -> None:
    with supervised(program("stay"), program("have a child", name="two")) as (supervisor, log):
        run_until(supervisor, lambda: log.said("child="))
        (grandchild,) = log.said(r"child=(\d+)")
        children = [int(pid) for pid in log.said(r"pid=(\d+)")]
    assert [pid for pid in children if is_running(pid)] == []
    wait_until(lambda: not is_running(int(grandchild)))  # Killed, but not waited for by us.


def test_a_process_that_does_not_stop_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STOP_WITHIN_SECONDS, Stage.WORK, 0.3)
    with supervised(program("refuse")) as (supervisor, log):
        run_until(supervisor, lambda: log.said("refusing"))
        pid = pid_of(supervisor)
    assert not is_running(pid)


def test_all_stages_stop_within_ten_seconds() -> None:
    assert max(STOP_WITHIN_SECONDS.values()) < 10
