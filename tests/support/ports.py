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
from pathlib import Path

FIRST, COUNT = 10_000, 20_000
"""Below Linux's ports for outgoing connections, which are 32,768 and above."""
RESERVED = Path(tempfile.gettempdir()) / f"shop-ports-{os.getuid()}"
"""Of this file each process of tests locks the bytes whose numbers are its ports."""


def free_port() -> int:
    """Return a port without a listener, reserved for this process until it ends."""
    with _one_at_a_time:
        return next(_free_ports)


def _find_free_ports() -> Iterator[int]:
    with RESERVED.open("ab") as reserved:
        # From a place of its own, so that processes which look at the same time find others.
        for number in itertools.count(random.randrange(COUNT)):
            port = FIRST + number % COUNT
            if _is_free(port) and _is_reserved(reserved.fileno(), port):
                yield port


def _is_free(port: int) -> bool:
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _is_reserved(file: int, port: int) -> bool:
    """Reserve it: a server that was given it may take seconds until it listens."""
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    return True


_free_ports = _find_free_ports()
"""Ports for the servers of the tests."""
_one_at_a_time = threading.Lock()
"""A generator cannot be asked in two threads at once: it raises `ValueError`."""
