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


def stop(pid: int) -> None:
    """Stop a process, and return when each of its threads is stopped: until then it may answer."""
    os.kill(pid, signal.SIGSTOP)
    eventually(lambda: states_of(pid) == {"T"}, what=f"process {pid} is stopped")


def states_of(pid: int) -> set[str]:
    """Return the letters of the kernel for the states of its threads: `T` is stopped."""
    threads = Path(f"/proc/{pid}/task").glob("*/stat")
    return {each.read_text().rpartition(")")[2].split()[0] for each in threads}


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """Stop a process for the length of the block."""
    stop(pid)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
