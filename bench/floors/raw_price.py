"""Ask the price responder for one price over a blocking socket, without a client library."""

import os
import socket
import sys
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


class RawSocket:
    """A connection whose inbox is subscribed."""

    def __init__(self) -> None:
        url = urlsplit(os.environ["NATS_URL"])
        self._server = socket.create_connection((url.hostname, url.port))
        self._server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines = self._server.makefile("rb")
        self._server.sendall(CONNECT)
        wait_for(self._lines, b"PONG")

    def ask(self) -> bytes:
        """Send the question, and return the answer."""
        self._server.sendall(REQUEST)
        size = int(wait_for(self._lines, b"MSG ").split()[-1])
        answer = self._lines.read(size + 2)
        assert b'"price"' in answer, answer
        return answer
