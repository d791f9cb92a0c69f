"""Free ports on 127.0.0.1, of those that no outgoing connection takes.

Otherwise a server that is killed and restarted would sometimes find its port taken: the kernel may
have given it to an outgoing connection meanwhile.
"""

import fcntl
import itertools
import os
import random
import socket
import tempfile
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FIRST, COUNT = 10_000, 20_000
"""Below Linux's ports for outgoing connections, which are 32,768 and above."""
ROWS = range(30_000, 32_768)
"""Where ports in a row are found: none of them is given as a single one."""
RESERVED = Path(tempfile.gettempdir()) / f"shop-ports-{os.getuid()}"
"""Of this file each process of tests locks the bytes whose numbers are its ports."""


def free_port() -> int:
    """Return a port without a listener, reserved for this process until it ends."""
    with _one_at_a_time:
        return next(_free_ports)


def first_of_a_row(count: int) -> int:
    """Return the first of so many ports in a row without a listener, reserved likewise.

    Raises `RuntimeError` if there is no such row.
    """
    with _one_at_a_time:
        for first in ROWS[: max(0, len(ROWS) - count + 1) : count]:
            row = range(first, first + count)
            if first not in _given_rows and all(map(_is_free, row)) and _is_reserved(first, count):
                _given_rows.add(first)
                return first
    raise RuntimeError(f"there are no {count} free ports in a row")


def _find_free_ports() -> Iterator[int]:
    # From a place of its own, so that processes which look at the same time find others.
    for number in itertools.count(random.randrange(COUNT)):
        port = FIRST + number % COUNT
        if _is_free(port) and _is_reserved(port):
            yield port


def _is_free(port: int) -> bool:
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _is_reserved(port: int, count: int = 1) -> bool:
    """Reserve it: a server that was given it may take seconds until it listens."""
    try:
        fcntl.lockf(_reserved_file(), fcntl.LOCK_EX | fcntl.LOCK_NB, count, port)
    except OSError:
        return False
    return True


@cache
def _reserved_file() -> int:
    """Return the descriptor, which stays open: closing any one of the file frees all its locks.

    A forked process uses it too, and has locks of its own.
    """
    return os.open(RESERVED, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600)


_free_ports = _find_free_ports()
"""Ports for the servers of the tests."""
_given_rows = set[int]()
_one_at_a_time = threading.Lock()
"""A generator cannot be asked in two threads at once: it raises `ValueError`."""
