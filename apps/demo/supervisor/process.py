"""One process of the demo: what it runs, whether it is stopped, and when it is started again."""

import math
import os
import re
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum

from apps.demo.supervisor.launch import launch
from apps.demo.supervisor.output import LineSplitter

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 5.0
# A process that ran this long was healthy: its next restart is immediate again.
SETTLED_AFTER_SECONDS = 10.0
GRACE_SECONDS = 9.5
"""Seconds that a process may take to stop; it is killed then. A worker itself takes up to nine."""


class Stage(IntEnum):
    """The order of stopping: first what brings new work, then the workers, then the servers."""

    DOOR = 0
    WORK = 1
    SERVER = 2


@dataclass(frozen=True, kw_only=True)
class Program:
    """A command line and how the supervisor treats it."""

    name: str
    command: list[str]
    title: str = ""  # its name in `ps`
    instance: str = ""
    stage: Stage = Stage.WORK
    # It starts when a server listens on each of these ports of this machine.
    needs_ports: tuple[int, ...] = ()
    # Exit code 0 means that it is done; any other program is restarted after it.
    ends: bool = False
    # Runs each time this one has been restarted.
    after_restart: "Program | None" = None
    hidden_lines: re.Pattern[str] | None = None
    # It ends with 0 when a file of it has changed (`reloading.py`): the next one reads all again.
    reloads: bool = False
    # Instances that may run at a time.
    most: int = 5

    @property
    def label(self) -> str:
        return f"{self.name}.{self.instance}" if self.instance else self.name

    @property
    def number(self) -> int:
        """The instance's number; the only one has no name, and is the first."""
        return int(self.instance or 1)


@dataclass
class Process:
    """A program's current run, or the time of its next start."""

    program: Program
    keep: bool = True  # Start it again when it dies.
    is_stopped: bool = False  # On purpose: it does not start until somebody starts it.
    is_paused: bool = False  # By SIGSTOP, from here or from a terminal.
    pid: int | None = None
    exit_code: int | None = None
    due: float = 0.0
    restarts: int = 0
    died_at: float = 0.0  # Unix time of the last end that was not asked for.
    kill_at: float = math.inf
    lines: LineSplitter = field(default_factory=LineSplitter)
    started_at: float = 0.0
    next_delay: float = FIRST_DELAY_SECONDS

    def start(self, *, fork: bool) -> int:
        """Start it; return the file descriptor from which its output is read."""
        read_end, write_end = os.pipe()
        os.set_blocking(read_end, False)
        self.lines = LineSplitter()
        self.started_at, self.kill_at, self.is_paused = time.monotonic(), math.inf, False
        try:
            self.pid = launch(
                self.program.command,
                title=self.program.title or self.program.name,
                instance=self.program.instance,
                output=write_end,
                fork=fork,
                fresh=self.program.reloads,
            )
        finally:
            os.close(write_end)
        return read_end

    def has_ended(self) -> bool:
        """Return whether it has ended; if so, kill its process group and store its exit code.

        The kernel says here too whether it is paused.
        """
        if self.pid is None:
            return False
        pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)
        if pid == 0:
            return False
        if os.WIFSTOPPED(status) or os.WIFCONTINUED(status):
            self.is_paused = os.WIFSTOPPED(status)
            return False
        # Its own children, as granian has, must not live on and keep the port.
        self.send(signal.SIGKILL)
        self.pid, self.exit_code = None, os.waitstatus_to_exitcode(status)
        self.is_paused = False
        return True

    def stop(self) -> None:
        """Ask it to end, also a paused one; after `GRACE_SECONDS` it is killed."""
        self.is_stopped = True
        if self.pid is not None:
            self.kill_at, self.died_at = time.monotonic() + GRACE_SECONDS, 0.0
            self.ask_to_end()

    @property
    def is_asked_to_end(self) -> bool:
        """Return whether this run ends, or ended, because somebody stopped it."""
        return self.kill_at < math.inf

    def ask_to_end(self) -> None:
        """Send SIGTERM; a paused process would get it only when it continues."""
        self.send(signal.SIGTERM)
        self.go_on()

    def schedule_restart(self) -> float:
        """Set the time of the next start; return the seconds until then."""
        now = time.monotonic()
        if self.is_asked_to_end or (self.program.reloads and self.exit_code == 0):
            self.due = now
            return 0.0
        if now - self.started_at >= SETTLED_AFTER_SECONDS:
            self.next_delay = FIRST_DELAY_SECONDS
        delay, self.next_delay = self.next_delay, min(2 * self.next_delay, LONGEST_DELAY_SECONDS)
        self.due = now + delay
        self.restarts += 1
        self.died_at = time.time()
        return delay

    def pause(self) -> None:
        """Send SIGSTOP; on a busy machine the kernel reports the effect only later."""
        self.send(signal.SIGSTOP)
        self.is_paused = True

    def go_on(self) -> None:
        """Send SIGCONT, which also takes back a SIGSTOP that has had no effect yet."""
        self.send(signal.SIGCONT)
        self.is_paused = False

    def send(self, signal_number: int) -> None:
        """Send a signal to its process group."""
        if self.pid is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal_number)
