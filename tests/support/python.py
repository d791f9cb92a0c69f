"""Runs `python ARGUMENTS` for a test: forked from a process that has imported most packages."""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 120.0
"""Seconds; beyond that it hangs."""


class Program:
    """A started `python ARGUMENTS`, with what tests use of `subprocess.Popen`.

    Its output goes where that of this process goes, unless two open files are given.
    """

    def __init__(
        self,
        *arguments: str,
        env: Mapping[str, str],
        cwd: Path = ROOT,
        outputs: tuple[int, int] = (1, 2),
        start_new_session: bool = False,
    ) -> None:
        self.arguments = arguments
        self.returncode: int | None = None
        self._told, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        request = {"arguments": arguments, "env": dict(env), "cwd": str(cwd)}
        asked = json.dumps(request | {"group": start_new_session}).encode()
        with its:
            socket.send_fds(preloaded(), [asked], [*outputs, its.fileno()])
        self.pid = self._number()

    def poll(self) -> int | None:
        """Return the exit code, None while it runs; below zero it is a signal."""
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            self._end()
        return self.returncode

    def wait(self, timeout: float = LONGEST) -> int:
        """Return the exit code. Raises `TimeoutExpired`."""
        if self.returncode is None:
            if not select.select([self._told], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.arguments, timeout)
            self._end()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _end(self) -> None:
        self.returncode = self._number()
        self._told.close()

    def _number(self) -> int:
        told = self._told.recv(32)
        assert told, "the process that attends to it was killed"
        return int(told)


def run_python(
    *arguments: str, env: Mapping[str, str], cwd: Path = ROOT, check: bool = False
) -> "subprocess.CompletedProcess[str]":
    """Run it to its end, as `subprocess.run` with captured output would.

    Raises `TimeoutExpired`; with `check` `CalledProcessError`.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        outputs = (output.fileno(), errors.fileno())
        program = Program(*arguments, env=env, cwd=cwd, outputs=outputs)
        try:
            code = program.wait()
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()
            raise
        for file in (output, errors):
            file.seek(0)
        done = subprocess.CompletedProcess(
            arguments, code, output.read().decode(), errors.read().decode()
        )
    if check:
        done.check_returncode()
    return done


@cache
def preloaded() -> socket.socket:
    """Return what starts programs, `tests/support/preloaded.py`; forks of this process share it."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(LONGEST)
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.support.preloaded", str(its.fileno())],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        pass_fds=[its.fileno()],
        stdout=subprocess.DEVNULL,
    )
    its.close()

    def end() -> None:
        ours.close()
        server.wait()

    atexit.register(end)
    return ours
