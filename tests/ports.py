"""Free ports on 127.0.0.1, of those that no outgoing connection takes.

A server that is killed and started again would otherwise find its own taken now and then: by
whoever connected somewhere meanwhile, and was given just this one by the kernel.
"""

import itertools
import random
import socket
from collections.abc import Iterator

FIRST, COUNT = 10_000, 20_000
"""Below what Linux gives away by itself: 32,768 and above."""


def free_port() -> int:
    return next(_free_ports)


def _find_free_ports() -> Iterator[int]:
    # From a place of its own, so that processes which look at the same time find others.
    for number in itertools.count(random.randrange(COUNT)):
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind(("127.0.0.1", FIRST + number % COUNT))
            except OSError:
                continue
            yield int(sock.getsockname()[1])


_free_ports = _find_free_ports()
