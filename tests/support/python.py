"""Runs `python ARGUMENTS` for a test, and returns its exit code and output."""

import atexit
import json
import os
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


def run_python(
    *arguments: str, env: Mapping[str, str], cwd: Path = ROOT, check: bool = False
) -> "subprocess.CompletedProcess[str]":
    """Run it to its end, as `subprocess.run` with captured output would; `support.preloaded` forks.

    Raises `TimeoutExpired`; with `check` `CalledProcessError`.
    """
    asks = _preloaded()
    request = {"arguments": arguments, "env": dict(env), "cwd": str(cwd)}
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        socket.send_fds(asks, [json.dumps(request).encode()], [output.fileno(), errors.fileno()])
        pid = int(asks.recv(32))
        try:
            code = int(asks.recv(32))
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            asks.recv(32)
            raise subprocess.TimeoutExpired(arguments, LONGEST) from None
        for file in (output, errors):
            file.seek(0)
        done = subprocess.CompletedProcess(
            arguments, code, output.read().decode(), errors.read().decode()
        )
    if check:
        done.check_returncode()
    return done


@cache
def _preloaded() -> socket.socket:
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
