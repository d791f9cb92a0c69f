"""A body without a length, sent to the real server: the answer, and the next request."""

import shutil
import socket
import subprocess
from collections.abc import Iterator

import pytest

from tests.support.nats_server import NatsServer
from tests.support.served import runserver, web

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]

PHOTO = b"/api/products/ABC/photos"
BODIES = {
    b"/api/orders": (b"application/json", b'{"email": "a@example.com", "lines": []}'),
    b"/checkout/": (b"application/x-www-form-urlencoded", b"email=a@example.com"),
    PHOTO: (b"multipart/form-data; boundary=b", b"--b\r\n\r\nx\r\n--b--\r\n"),
}


@pytest.fixture
def port(nats_server: NatsServer) -> Iterator[int]:
    with web(nats_server) as port:
        yield port


@pytest.fixture
def development_port(nats_server: NatsServer) -> Iterator[int]:
    with runserver(nats_server) as port:
        yield port


def chunked(path: bytes, size: int = 0) -> bytes:
    content_type, body = BODIES[path]
    body = body.ljust(size)
    head = b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\n" % (path, content_type)
    return head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def exchange(port: int, request: bytes) -> bytes:
    """Send it and read until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(request)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return answer


def assert_refused(answer: bytes, path: bytes) -> None:
    assert answer.startswith(b"HTTP/1.1 411 "), path
    assert b"\r\nconnection: close\r\n" in answer.lower()
    assert b"without its length" in answer
    is_page = b"<!doctype html>" in answer
    assert is_page == (path == b"/checkout/")


def test_runserver_rejects_a_chunked_body_like_granian(development_port: int) -> None:
    for path in BODIES:
        assert_refused(exchange(development_port, chunked(path)), path)


def test_a_chunked_body_is_rejected_and_the_connection_closed(port: int) -> None:
    for path in BODIES:
        answer = exchange(port, chunked(path))
        assert_refused(answer, path)
        # By a fresh connection all is as it was.
        assert exchange(port, b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n").endswith(b"ok\n")


@pytest.mark.skipif(not shutil.which("curl"), reason="curl speaks HTTP/2 for us")
def test_an_http_2_body_without_a_length_gets_411(port: int) -> None:
    def post(*arguments: str) -> str:
        address = f"http://127.0.0.1:{port}/api/orders"
        command = ["curl", "-sS", "--http2-prior-knowledge", *arguments, address]
        command += ["-H", "Content-Type: application/json"]
        return subprocess.run(
            command, input="{}", capture_output=True, text=True, check=True
        ).stdout

    assert '"status": 411' in post("--data-binary", "@-", "-H", "Content-Length:")
    assert '"status": 422' in post("--data-binary", "@-")
    assert '"status": 405' in post("-X", "DELETE")
