"""Runs all processes of the demo: reads their output, restarts what dies, stops in order."""

import os
import selectors
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from apps.demo.errors import ProgramFailed
from apps.demo.supervisor.launch import CAN_FORK
from apps.demo.supervisor.output import Output
from apps.demo.supervisor.ports import is_served
from apps.demo.supervisor.process import Process, Program, Stage
from apps.demo.supervisor.signals import signals_into

# Seconds after the request to stop: then the processes of a stage are killed. Ten in all.
STOP_WITHIN_SECONDS = {Stage.DOOR: 3.0, Stage.WORK: 8.5, Stage.SERVER: 9.5}


class StopRequested(Exception):
    """Ctrl-C or SIGTERM."""


@contextmanager
def supervising(output: Output, *, fork: bool = CAN_FORK) -> Iterator["Supervisor"]:
    """Yield a supervisor, and stop all its processes at the end."""
    with selectors.DefaultSelector() as selector:
        supervisor = Supervisor(output, selector, fork=fork)
        with signals_into(selector, on_stop=supervisor.request_stop):
            try:
                yield supervisor
            finally:
                supervisor.stop()


class Supervisor:
    """One thread around one selector; it works only inside `wait_for`, `run` and `stop`."""

    def __init__(self, output: Output, selector: selectors.BaseSelector, *, fork: bool) -> None:
        self.processes: list[Process] = []
        self.output = output
        self.selector = selector
        self._fork = fork
        self._stop_requested = False
        self._stopping = False

    def start(self, *programs: Program) -> None:
        """Start them when the ports that they need are served, and restart those that die."""
        self.processes += [Process(program) for program in programs]
        self._start_due()

    def once(self, program: Program) -> Process:
        """Start a program that is not restarted; see `wait_for`."""
        process = Process(program, keep=False)
        self.processes.append(process)
        self._start_due()
        return process

    def wait_for(self, process: Process) -> None:
        """Wait until it ends. Raises `ProgramFailed` and `StopRequested`."""
        self.run(until=lambda: process.exit_code is not None)
        if process.exit_code:
            raise ProgramFailed(f"{process.program.label} failed; the reason is in the log above.")

    def run(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Supervise all processes until `until` is true. Raises `StopRequested`."""
        while not until():
            self._turn()
            if self._stop_requested:
                raise StopRequested

    def request_stop(self) -> None:
        self._stop_requested = True

    def stop(self) -> None:
        """Stop all processes, stage by stage; those of one stage at the same time."""
        self._stopping = True
        if self.processes:
            self.output.notice("stopping")
        began = time.monotonic()
        for stage in Stage:
            self._stop_stage(stage, deadline=began + STOP_WITHIN_SECONDS[stage])
        self._turn()  # Read what they wrote last.
        self.output.flush(patience=0.5)

    def _stop_stage(self, stage: Stage, *, deadline: float) -> None:
        of_stage = [each for each in self.processes if each.pid and each.program.stage is stage]
        for process in of_stage:
            process.ask_to_end()
        while any(process.pid for process in of_stage):
            self._turn()
            if time.monotonic() > deadline:
                for process in of_stage:
                    process.send(signal.SIGKILL)

    def _turn(self) -> None:
        """Start what is due, read the output, note what has ended."""
        if not self._stopping:
            self._start_due()
        waiting = any(each.pid is None and not each.is_stopped for each in self.processes)
        for key, _ in self.selector.select(0.05 if waiting else 0.5):
            key.data(key.fd)
        self.output.flush()
        for process in list(self.processes):
            if process.has_ended():
                self._note_end(process)
            elif time.monotonic() > process.kill_at:
                process.send(signal.SIGKILL)

    def _start_due(self) -> None:
        now = time.monotonic()
        for process in list(self.processes):
            due = process.pid is None and process.due <= now and not process.is_stopped
            if due and is_served(process.program.needs_ports):
                self._start(process)

    def _start(self, process: Process) -> None:
        read_end = process.start(fork=self._fork)
        self.selector.register(read_end, selectors.EVENT_READ, self._reader(process))
        if process.restarts:
            self.output.notice(f"{process.program.label} runs again, pid {process.pid}")
            if process.program.after_restart:
                self.processes.append(Process(process.program.after_restart))

    def _reader(self, process: Process) -> Callable[[int], None]:
        lines, program = process.lines, process.program

        def read(fd: int) -> None:
            data = os.read(fd, 65_536)
            for line in lines.feed(data):
                if not (program.hidden_lines and program.hidden_lines.search(line)):
                    self.output.line(program.label, line)
            if not data:
                self.selector.unregister(fd)
                os.close(fd)

        return read

    def _note_end(self, process: Process) -> None:
        program, code = process.program, process.exit_code or 0
        if self._stopping or not process.keep or (program.ends and code == 0):
            self.processes.remove(process)
            return
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
        if process.is_stopped:
            self.output.notice(f"{program.label} {how}; it stays stopped")
            return
        delay = process.schedule_restart()
        why = "as asked" if process.is_asked_to_end else "a file of it has changed"
        when = f"starting it again in {delay:g} s" if delay else why
        self.output.notice(f"{program.label} {how}; {when}")
