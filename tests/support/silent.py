"""Servers that take a connection and never say a word, as one that is stopped does."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.waiting import eventually


@contextmanager
def silent_server() -> Iterator[int]:
    """Yield its port; the kernel itself takes the connections."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        yield int(server.getsockname()[1])


def _state_of(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """Stop a process for the length of the block."""
    os.kill(pid, signal.SIGSTOP)
    # It may still answer for a moment after the signal was sent.
    eventually(lambda: _state_of(pid) == "T", what=f"process {pid} is stopped")
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
