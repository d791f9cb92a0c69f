"""Ask the price responder for one price over a blocking socket, without a client library.

Usage: `raw_price COUNT`. It prints the median in milliseconds.
"""

import json
import os
import socket
import statistics
import sys
import time
from typing import BinaryIO
from urllib.parse import urlsplit

QUERY = b'{"sku":"SKU-0001"}'
REQUEST = b"PUB price.lookup _INBOX.floor %d\r\n%s\r\n" % (len(QUERY), QUERY)
CONNECT = b'CONNECT {"verbose":false,"headers":true}\r\nSUB _INBOX.floor 1\r\nPING\r\n'


def wait_for(lines: BinaryIO, *verbs: bytes) -> bytes:
    """Skip lines until one begins with one of the verbs; return it."""
    while not (line := lines.readline()).startswith(verbs):
        if not line or line.startswith(b"-ERR"):
            sys.exit(f"the server says {line!r}")
    return line


def milliseconds(server: socket.socket, lines: BinaryIO) -> float:
    """Return how long one answer takes."""
    began = time.perf_counter()
    server.sendall(REQUEST)
    size = int(wait_for(lines, b"MSG ").split()[-1])
    answer = lines.read(size + 2)
    assert b'"price"' in answer, answer
    return 1000 * (time.perf_counter() - began)


def main(count: int) -> None:
    """Ask so often, and print the median."""
    url = urlsplit(os.environ["NATS_URL"])
    with socket.create_connection((url.hostname, url.port)) as server:
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = server.makefile("rb")
        server.sendall(CONNECT)
        wait_for(lines, b"PONG")
        taken = [milliseconds(server, lines) for _ in range(count)]
    print(json.dumps({"one_ms": statistics.median(taken)}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
