"""NATS as raw bytes, for generated messages that no library would send."""

import socket

from tests.support.nats_server import NatsServer

TIMEOUT = 20.0
CONNECT = b'CONNECT {"verbose": false, "pedantic": false, "headers": true}\r\n'


def publish(server: NatsServer, *messages: bytes) -> None:
    """Send the bytes that `message` made, and wait until the server has read them all."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=TIMEOUT) as connection:
        connection.sendall(CONNECT + b"".join(messages) + b"PING\r\n")
        with connection.makefile("rb") as answers:
            for line in answers:
                assert not line.startswith(b"-ERR"), line
                if line.startswith(b"PONG"):
                    return
    raise AssertionError("the server has closed the connection")


def message(subject: bytes, body: bytes, *, reply: bytes = b"", headers: bytes = b"") -> bytes:
    """`headers` is the whole block, with its first line."""
    names = subject + (b" " + reply if reply else b"")
    if headers:
        sizes = b"%d %d" % (len(headers), len(headers) + len(body))
        return b"HPUB %s %s\r\n%s%s\r\n" % (names, sizes, headers, body)
    return b"PUB %s %d\r\n%s\r\n" % (names, len(body), body)
