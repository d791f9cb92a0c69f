"""Servers that take a connection and never say a word, as one that is stopped does."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def silent_server() -> Iterator[int]:
    """Yield its port; the kernel itself takes the connections."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        yield int(server.getsockname()[1])


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """Stop a child of this process for the length of the block."""
    os.kill(pid, signal.SIGSTOP)
    os.waitpid(pid, os.WUNTRACED)  # It may still answer for a moment after the signal was sent.
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
