"""`pytest -n 2`: one process collects the tests, and forks those that run them, file by file.

Collecting takes seconds of a processor, and each process would take them again.
"""

import atexit
import logging
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, pairwise
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import Any, NoReturn, TextIO

import pytest
from django.conf import settings
from django.db import connections
from setproctitle import setproctitle

from tests.plugins.own_folder import take_folder
from tests.plugins.parallel import unit_of
from tests.support.python import preloaded

STOPS = (signal.SIGINT, signal.SIGTERM)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("processes")._addoption(
        "-n", dest="processes", type=int, default=0, help="run the tests in so many processes"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    option = session.config.option
    if not option.processes or option.collectonly or session.testsfailed:
        return None
    HandOut(session).run(option.processes)
    return True


@dataclass(eq=False)
class Process:
    """One that runs tests, seen from the process that forked it."""

    pid: int
    pipe: Connection
    running: str = "no test yet"


@dataclass
class HandOut:
    """Gives each process the next file, and reports its results as if the tests had run here."""

    session: pytest.Session
    processes: list[Process] = field(default_factory=list)

    def run(self, count: int) -> None:
        """Raises `Failed` as `-x` asks, and `Interrupted` if a process ends before its time."""
        units = iter(units_of(self.session.items))
        preloaded()
        self.session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        connections.close_all()
        try:
            for number in range(count):
                self.processes.append(self._forked(number))
            while self.processes:
                for pipe in wait([each.pipe for each in self.processes]):
                    (process,) = (each for each in self.processes if each.pipe is pipe)
                    self._listen(process, units)
        finally:
            for each in self.processes:
                os.kill(each.pid, signal.SIGTERM)
            for each in self.processes:
                os.waitpid(each.pid, 0)

    def _forked(self, number: int) -> Process:
        ours, its = Pipe()
        if not (pid := os.fork()):
            ours.close()
            for each in self.processes:
                each.pipe.close()
            end_after(Work(self.session, its), number)
        its.close()
        return Process(pid, ours)

    def _listen(self, process: Process, units: Iterator[list[int]]) -> None:
        hook = self.session.config.hook
        try:
            about, what = process.pipe.recv()
        except EOFError:
            self._ended(process)
            return
        match about:
            case "next":
                process.pipe.send(next(units, None))
            case "starts":
                process.running = what
            case "report":
                config = self.session.config
                report = hook.pytest_report_from_serializable(config=config, data=what)
                hook.pytest_runtest_logreport(report=report)
            case "finished":
                hook.pytest_runtest_logfinish(**what)
            case "warning":
                hook.pytest_warning_recorded.call_historic(kwargs=what)
        if self.session.shouldfail:
            raise self.session.Failed(self.session.shouldfail)

    def _ended(self, process: Process) -> None:
        self.processes.remove(process)
        _, status = os.waitpid(process.pid, 0)
        if code := os.waitstatus_to_exitcode(status):
            raise self.session.Interrupted(f"a process ended with {code}, at {process.running}")


def units_of(items: Iterable[pytest.Item]) -> list[list[int]]:
    """Return what stays together, as positions in `items`: mostly the tests of a file."""
    units: dict[str, list[int]] = {}
    for position, item in enumerate(items):
        units.setdefault(unit_of(item.nodeid), []).append(position)
    return list(units.values())


@dataclass(eq=False)
class Work:
    """Runs files in a forked process, and sends what it sees to the process that hands them out."""

    session: pytest.Session
    pipe: Connection

    def run(self) -> None:
        # A fixture of a module ends when the next test is of another: so the next file is asked
        # for before the last test of a file.
        tests = chain.from_iterable(iter(self._next_unit, None))
        for item, following in pairwise(chain(tests, [None])):
            assert item
            self._send("starts", item.nodeid)
            setproctitle(f"pytest: {item.nodeid}")
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)

    def _next_unit(self) -> list[pytest.Item] | None:
        self._send("next", None)
        positions = self.pipe.recv()
        return positions and [self.session.items[each] for each in positions]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        config = self.session.config
        data = config.hook.pytest_report_to_serializable(config=config, report=report)
        self._send("report", data)

    def pytest_runtest_logfinish(self, nodeid: str, location: tuple[str, int | None, str]) -> None:
        self._send("finished", {"nodeid": nodeid, "location": location})

    def pytest_warning_recorded(
        self, warning_message: warnings.WarningMessage, when: str, nodeid: str, location: Any
    ) -> None:
        if when != "runtest":
            return  # The first process has reported it when it collected.
        message = warnings.WarningMessage(
            UserWarning(f"{warning_message.category.__name__}: {warning_message.message}"),
            UserWarning,
            warning_message.filename,
            warning_message.lineno,
        )
        kept = {"warning_message": message, "when": when, "nodeid": nodeid, "location": location}
        self._send("warning", kept)

    def _send(self, about: str, what: object) -> None:
        self.pipe.send((about, what))


def end_after(work: Work, number: int) -> NoReturn:
    """Do the work and end, as a process of its own: what the parent is to do at its end is not
    done here."""
    atexit._clear()
    code = 1
    try:
        prepare(work, number)
        work.run()
        code = 0
    except BaseException as error:
        if not isinstance(error, KeyboardInterrupt):
            traceback.print_exc()
        for each in STOPS:
            signal.signal(each, signal.SIG_IGN)
        work.session._setupstate.teardown_exact(None)  # Servers that it has started end with it.
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def log_to(stderr: TextIO) -> None:
    """Let the log go where this process captures it.

    The stream of the first process is closed: each line would fail, and be reported with its stack.
    """
    for each in logging.root.handlers:
        if type(each) is logging.StreamHandler:  # and not pytest's own, which is one of this kind
            each.stream = stderr  # `setStream` would flush the closed one.


def prepare(work: Work, number: int) -> None:
    """Give this process folders, a captured output and a reporter of its own."""
    # SIGINT alone would not do: a shell that runs this in the background lets it be ignored.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    config: Any = work.session.config
    plugins = config.pluginmanager
    for name in ("terminalreporter", "terminalprogress"):
        plugins.unregister(name=name)
    plugins.register(work)
    capture = plugins.getplugin("capturemanager")
    capture.stop_global_capturing()
    capture.start_global_capturing()
    log_to(sys.stderr)
    capture.suspend_global_capture()
    temporary = config._tmp_path_factory.getbasetemp() / f"process-{number}"
    temporary.mkdir()
    config._tmp_path_factory._basetemp = temporary
    take_folder(settings.DEMO_DIR / temporary.name)
